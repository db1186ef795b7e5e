"""Fetches the description that the server gives of itself and judges it: validate.py FILE"""
import json
import os
import sys
import urllib.parse
import urllib.request

from openapi_spec_validator import OpenAPIV31SpecValidator

issuer = urllib.parse.urlsplit(os.environ["MOCKOAUTH_ISSUER"])
with urllib.request.urlopen(f"{issuer.scheme}://{issuer.netloc}/_mock/openapi.json", timeout=10) as answer:
    document = json.load(answer)

errors = list(OpenAPIV31SpecValidator(document).iter_errors())
if errors:
    sys.exit("\n".join(f"{'/'.join(map(str, error.path))}: {error.message}" for error in errors))
# The validator sees what it is made to see.
broken = json.loads(json.dumps(document))
del broken["info"]["title"]
if OpenAPIV31SpecValidator(broken).is_valid():
    sys.exit("the validator lets a document without a title pass")

with open(sys.argv[1], "w", encoding="utf-8") as file:
    json.dump(document, file)
print(f"OpenAPI {document['openapi']}: {len(document['paths'])} paths are valid")
