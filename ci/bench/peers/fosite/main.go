// A Go peer for ci/bench/server: ory/fosite with its memory store, one confidential client. Prints its port.
package main

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os"

	"github.com/go-jose/go-jose/v3"
	"github.com/ory/fosite"
	"github.com/ory/fosite/compose"
	"github.com/ory/fosite/handler/oauth2"
	"github.com/ory/fosite/storage"
	"github.com/ory/fosite/token/jwt"
	"golang.org/x/crypto/bcrypt"
)

func main() {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	secret, _ := bcrypt.GenerateFromPassword([]byte("secret"), bcrypt.MinCost)
	store := storage.NewMemoryStore()
	store.Clients["app"] = &fosite.DefaultClient{ID: "app", Secret: secret, GrantTypes: []string{"client_credentials"}}
	config := &fosite.Config{GlobalSecret: []byte("some-secret-of-thirty-two-bytes!"), AccessTokenIssuer: "http://127.0.0.1"}
	getKey := func(context.Context) (interface{}, error) { return key, nil }
	var strategy oauth2.CoreStrategy = compose.NewOAuth2HMACStrategy(config)
	if os.Getenv("ALG") == "RS256" {
		strategy = compose.NewOAuth2JWTStrategy(getKey, compose.NewOAuth2HMACStrategy(config), config)
	}
	provider := compose.Compose(config, store, &compose.CommonStrategy{CoreStrategy: strategy},
		compose.OAuth2ClientCredentialsGrantFactory)

	http.HandleFunc("/token", func(w http.ResponseWriter, r *http.Request) {
		ctx := r.Context()
		session := &oauth2.JWTSession{JWTClaims: &jwt.JWTClaims{Issuer: "http://127.0.0.1", Subject: "app"},
			JWTHeader: &jwt.Headers{}}
		request, err := provider.NewAccessRequest(ctx, r, session)
		if err != nil {
			provider.WriteAccessError(ctx, w, request, err)
			return
		}
		response, err := provider.NewAccessResponse(ctx, request)
		if err != nil {
			provider.WriteAccessError(ctx, w, request, err)
			return
		}
		provider.WriteAccessResponse(ctx, w, request, response)
	})
	http.HandleFunc("/jwks", func(w http.ResponseWriter, _ *http.Request) {
		public := jose.JSONWebKey{Key: &key.PublicKey, KeyID: "one", Algorithm: "RS256", Use: "sig"}
		_ = json.NewEncoder(w).Encode(jose.JSONWebKeySet{Keys: []jose.JSONWebKey{public}})
	})
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	fmt.Println(listener.Addr().(*net.TCPAddr).Port)
	_ = http.Serve(listener, nil)
}
