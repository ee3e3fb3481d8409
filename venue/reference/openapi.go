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
	b, err := json.Marshal(o)
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
	s.gifts(paths)
	for _, g := range groups {
		tags = append(tags, object{"name": g})
	}
	return object{
		"openapi": "3.1.0",
		"info": object{"title": "Portcullis: the venue's API", "version": Version, "description": overview,
			"license": object{"name": "Apache-2.0", "identifier": "Apache-2.0"}},
		"servers": []object{{"url": "/", "description": "The venue that serves this document."}},
		"tags":    tags, "paths": paths,
		"components": object{"schemas": s.components, "responses": refusals(failure), "securitySchemes": object{"key": object{"type": "apiKey", "in": "header", "name": "X-MBX-APIKEY",
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

// commonResponses are the answers that most requests have, by status.
var commonResponses = []struct {
	status int
	about  string
}{
	{400, "Refused."}, {401, "The key is at fault."}, {413, "The body is too long."}, {418, "The address is banned."},
	{429, "Too many requests, or too many orders."}, {500, "Something went wrong; the outcome is unknown."},
	{502, "The outcome is unknown."}, {503, "The venue is busy, stopping, or has stopped."},
}

// response is an answer of a status; counted says that the account's orders are told.
func response(status int, counted bool, about string, schema object) object {
	headers := object{"X-MBX-USED-WEIGHT-1M": header("Weight that the address has used in this minute."), "X-MBX-USED-WEIGHT": header("The same.")}
	if counted {
		headers["X-MBX-ORDER-COUNT-10S"] = header("Unfilled orders that count, of ten seconds.")
		headers["X-MBX-ORDER-COUNT-1D"] = header("Unfilled orders that count, of the day.")
	}
	if status == 429 || status == 418 || status == 503 {
		headers["Retry-After"] = header("Seconds to wait.")
	}
	return object{"description": about, "headers": headers, "content": object{"application/json;charset=UTF-8": object{"schema": schema}}}
}

// refusals are the common answers as components, with and without counts of orders.
func refusals(failure object) object {
	all := object{}
	for _, x := range commonResponses {
		all[refusal(x.status, false)] = response(x.status, false, x.about, failure)
		all[refusal(x.status, true)] = response(x.status, true, x.about, failure)
	}
	return all
}

func refusal(status int, counted bool) string {
	if counted {
		return fmt.Sprintf("Order%d", status)
	}
	return fmt.Sprintf("Refused%d", status)
}

// responses are the answers of a request by their status.
func (s *schemas) responses(r *request, failure object) object {
	all, counted := object{}, r.Orders > 0
	for _, x := range commonResponses {
		if x.status != 401 || r.Security != 0 {
			all[fmt.Sprint(x.status)] = object{"$ref": "#/components/responses/" + refusal(x.status, counted && x.status < 500)}
		}
	}
	if !r.absent {
		all["200"] = response(200, counted, "Done.", s.of(r.answer))
	}
	if r.Path == "/api/v3/order/cancelReplace" {
		failed := object{"anyOf": []any{failure, ref("CancelReplaceFailed")}}
		all["400"] = response(400, counted, "Refused, or neither half was done.", failed)
		all["409"] = response(409, counted, "One half was done.", ref("CancelReplaceFailed"))
		all["429"] = response(429, counted, "Too many requests or orders.", failed)
	}
	return all
}

func header(about string) object {
	return object{"description": about, "schema": object{"type": "integer"}}
}
