package reference

import (
	"encoding/json"
	"fmt"
	"strings"
	"sync"
)

// Version of the documents: of the API, not of the program.
const Version = "3"

const overview = `The Spot dialect of Binance's public API, as this venue speaks it.

Money is text: decimals with exactly as many places as the asset has. Times are milliseconds since 1970 UTC, or microseconds
where the client asks for them (header X-MBX-TIME-UNIT: MICROSECOND). Parameters stand in the query or in a form body; each may
be sent once. What is signed is the query and body as sent, without the signature. Every answer tells the weight that its
address has used (X-MBX-USED-WEIGHT-1M); orders also tell how many unfilled ones count (X-MBX-ORDER-COUNT-10S, -1D). A server
error (5xx) never says that a request failed, except where its text does.`

// OpenAPI is the document of the REST requests.
func OpenAPI() []byte { return openAPI() }

var openAPI = sync.OnceValue(func() []byte { return document(buildOpenAPI(newSchemas())) })

func document(o object) []byte {
	b, err := json.MarshalIndent(o, "", " ")
	if err != nil {
		panic("reference: a document that is no JSON: " + err.Error())
	}
	return b
}

func buildOpenAPI(s *schemas) object {
	failure := s.failure()
	paths, tags := object{}, []object{}
	for r := range requests() {
		if r.Path == "" {
			continue
		}
		path, _ := paths[r.Path].(object)
		if path == nil {
			path = object{}
			paths[r.Path] = path
		}
		path[strings.ToLower(r.Method)] = s.operation(&r, failure)
	}
	for _, g := range groups {
		tags = append(tags, object{"name": g})
	}
	return object{
		"openapi": "3.1.0",
		"info": object{"title": "Portcullis: the venue's API", "version": Version, "description": overview,
			"license": object{"name": "Apache-2.0", "identifier": "Apache-2.0"}},
		"servers": []object{{"url": "/", "description": "The venue that serves this document."}},
		"tags":    tags, "paths": paths,
		"components": object{"schemas": s.components, "securitySchemes": object{"key": object{"type": "apiKey", "in": "header", "name": "X-MBX-APIKEY",
			"description": "The API key. Signed requests also have timestamp and signature."}}},
	}
}

func (s *schemas) operation(r *request, failure object) object {
	var params []object
	for _, p := range r.parameters() {
		params = append(params, object{"name": p.wire(), "in": "query", "required": p.mandatory, "description": p.about, "schema": p.schema})
	}
	op := object{
		"operationId": operationID(r), "tags": []string{r.group}, "summary": r.summary, "parameters": params,
		"description": strings.TrimSpace(r.about + "\n\n" + rights(r.Security) + " Errors: " + numbers(r.codes()) + "."),
		"x-weight":    r.weight(), "responses": s.responses(r, failure),
	}
	if r.Security != 0 {
		op["security"] = []object{{"key": []string{}}}
	}
	if r.WS != "" {
		op["x-websocket-method"] = r.WS
	}
	return op
}

func operationID(r *request) string {
	return strings.ToLower(r.Method) + strings.NewReplacer("/", "_", ".", "_").Replace(r.Path)
}

func numbers(list []int) string {
	var parts []string
	for _, n := range list {
		parts = append(parts, fmt.Sprint(n))
	}
	return strings.Join(parts, ", ")
}

// responses are the answers of a request by their status.
func (s *schemas) responses(r *request, failure object) object {
	all := object{}
	add := func(status int, about string, schema object) {
		headers := object{"X-MBX-USED-WEIGHT-1M": header("Weight that the address has used in this minute."), "X-MBX-USED-WEIGHT": header("The same.")}
		if r.Orders > 0 && status < 500 {
			headers["X-MBX-ORDER-COUNT-10S"] = header("Unfilled orders that count, of ten seconds.")
			headers["X-MBX-ORDER-COUNT-1D"] = header("Unfilled orders that count, of the day.")
		}
		if status == 429 || status == 418 || status == 503 {
			headers["Retry-After"] = header("Seconds to wait.")
		}
		all[fmt.Sprint(status)] = object{"description": about, "headers": headers,
			"content": object{"application/json;charset=UTF-8": object{"schema": schema}}}
	}
	if !r.absent {
		add(200, "Done.", s.of(r.answer))
	}
	add(400, "Refused.", failure)
	add(413, "The body is too long.", failure)
	add(418, "The address is banned.", failure)
	add(429, "Too many requests.", failure)
	add(500, "Something went wrong; the outcome is unknown.", failure)
	add(502, "The outcome is unknown.", failure)
	add(503, "The venue is busy, stopping, or has stopped.", failure)
	if r.Security != 0 {
		add(401, "The key is at fault.", failure)
	}
	if r.Path == "/api/v3/order/cancelReplace" {
		failed := object{"anyOf": []any{failure, ref("CancelReplaceFailed")}}
		add(400, "Refused, or neither half was done.", failed)
		add(409, "One half was done.", ref("CancelReplaceFailed"))
		add(429, "Too many requests or orders.", failed)
	}
	return all
}

func header(about string) object {
	return object{"description": about, "schema": object{"type": "integer"}}
}
