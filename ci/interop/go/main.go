// golang.org/x/oauth2: login, refresh, revocation, and the revoked token refused.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	"golang.org/x/oauth2"
)

// Nobody listens there: the redirect is read, not followed.
const redirectURI = "http://127.0.0.1:7777/callback"

func check[T comparable](what string, seen, expected T) {
	if seen != expected {
		log.Fatalf("%s: saw %v, expected %v", what, seen, expected)
	}
	fmt.Printf("golang.org/x/oauth2: %s: %v\n", what, seen)
}

func must[T any](value T, err error) T {
	if err != nil {
		log.Fatal(err)
	}
	return value
}

func metadata(issuer string) (found struct {
	Authorization string `json:"authorization_endpoint"`
	Token         string `json:"token_endpoint"`
	Revocation    string `json:"revocation_endpoint"`
}) {
	answer := must(http.Get(issuer + "/.well-known/oauth-authorization-server"))
	defer answer.Body.Close()
	if err := json.NewDecoder(answer.Body).Decode(&found); err != nil {
		log.Fatal(err)
	}
	return found
}

func browse(target string) url.Values {
	browser := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	answer := must(browser.Get(target))
	defer answer.Body.Close()
	location := answer.Header.Get("Location")
	if !strings.HasPrefix(location, redirectURI) {
		log.Fatalf("authorize: %s %s", answer.Status, must(io.ReadAll(answer.Body)))
	}
	return must(url.Parse(location)).Query()
}

func status(client *http.Client) int {
	answer := must(client.Get(os.Getenv("MOCKOAUTH_RESOURCE")))
	answer.Body.Close()
	return answer.StatusCode
}

func main() {
	log.SetFlags(0)
	ctx := context.Background()
	server := metadata(os.Getenv("MOCKOAUTH_ISSUER"))
	config := &oauth2.Config{
		ClientID:    os.Getenv("MOCKOAUTH_CLIENT_ID"),
		RedirectURL: redirectURI,
		Scopes:      []string{"openid", "api.read", "offline_access"},
		Endpoint:    oauth2.Endpoint{AuthURL: server.Authorization, TokenURL: server.Token, AuthStyle: oauth2.AuthStyleInParams},
	}
	verifier, state := oauth2.GenerateVerifier(), oauth2.GenerateVerifier()
	callback := browse(config.AuthCodeURL(state, oauth2.S256ChallengeOption(verifier)))
	check("state comes back", callback.Get("state") == state, true)

	first := must(config.Exchange(ctx, callback.Get("code"), oauth2.VerifierOption(verifier)))
	check("resource after login", status(config.Client(ctx, first)), 200)

	// Said to be past its end, so that the library refreshes by itself.
	stale := *first
	stale.Expiry = time.Now().Add(-time.Minute)
	second := must(config.TokenSource(ctx, &stale).Token())
	check("a new access token", second.AccessToken != first.AccessToken, true)
	check("resource after refresh", status(config.Client(ctx, second)), 200)

	// The library has no call for revocation (RFC 7009 §2.1).
	form := url.Values{"token": {second.RefreshToken}, "client_id": {config.ClientID}}
	answer := must(http.PostForm(server.Revocation, form))
	answer.Body.Close()
	check("revocation", answer.StatusCode, 200)
	check("resource after revocation", status(config.Client(ctx, second)), 401)
	stale.RefreshToken = second.RefreshToken
	_, err := config.TokenSource(ctx, &stale).Token()
	var refusal *oauth2.RetrieveError
	if !errors.As(err, &refusal) {
		log.Fatalf("refresh after revocation: saw %v, expected invalid_grant", err)
	}
	check("refresh after revocation", refusal.ErrorCode, "invalid_grant")
}
