package owner

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"sync"
)

// documentPath is where the API is described.
const documentPath = "/owner/openapi.json"

// Version of the API.
const Version = "1"

const overview = `What a customer says with the owner's key, which is no trading key: what waits, what keys may do, locks, waits and address books.

Each request carries three headers, each once: Portcullis-Key, the text of the owner's key; Portcullis-Time, milliseconds since
1970 UTC, at most 60 seconds back; and Portcullis-Signature, the Base64 of the Ed25519 signature over <time>\n<METHOD>
<path>\n<body>, all as sent. No request is taken up twice. Money is decimals as text; times are RFC 3339 in UTC. What takes
something away holds at once; what adds something waits, and can be stopped meanwhile. A server error (5xx) never says that
nothing was done, except where its message does. Codes of refusals are those of x-codes below, and of /docs/reasons.`

// object is a JSON object under construction; encoding/json writes its members in the order of their names.
type object = map[string]any

// Document is the OpenAPI document of the API.
func Document() json.RawMessage { return written() }

var written = sync.OnceValue(func() json.RawMessage {
	b, err := json.Marshal(document())
	if err != nil {
		panic("owner: a document that is no JSON: " + err.Error())
	}
	return b
})

// statusWords are the statuses that refusals go out with.
var statusWords = []struct {
	status int
	about  string
	acts   bool // only what acts is answered so
}{
	{400, "The request does not say what is to be done, or not so that there is one way to read it.", false},
	{401, "The key, the time or the signature is at fault.", false},
	{403, "The gate denies it.", false},
	{404, "There is nothing of yours of that number.", true},
	{413, "The body is too long.", false},
	{418, "The address is shut out for some time.", false},
	{422, "It was allowed, and nothing came of it: the message says why.", true},
	{429, "Too many requests from this address.", false},
	{500, "Something went wrong; look before you try again.", false},
	{502, "It is not known whether it was done.", true},
	{503, "The venue is busy, stopping, or its disk is full; nothing was done.", false},
}

func document() object {
	schemas, paths := object{}, object{}
	failure := schema(schemas, reflect.TypeFor[Failure]())
	for _, r := range routes {
		op := object{
			"operationId": strings.NewReplacer("/", "_").Replace(strings.ToLower(r.Method) + strings.TrimPrefix(r.Path, Path+"v1")),
			"summary":     r.summary + ".", "tags": []string{"The owner's word"}, "security": []object{{"key": []string{}, "time": []string{}, "signature": []string{}}},
		}
		if r.in != nil {
			op["requestBody"] = object{"required": true, "content": content(schema(schemas, reflect.TypeOf(r.in)))}
		}
		answers := object{"200": object{"description": "Done.", "content": content(schema(schemas, reflect.TypeOf(r.out)))}}
		for _, x := range statusWords {
			if x.acts && r.Kind == 0 {
				continue
			}
			answer := object{"description": x.about, "content": content(failure)}
			if x.status == 418 || x.status == 429 {
				answer["headers"] = object{"Retry-After": object{"description": "Seconds to wait.", "schema": object{"type": "integer"}}}
			}
			answers[fmt.Sprint(x.status)] = answer
		}
		op["responses"] = answers
		item, _ := paths[r.Path].(object)
		if item == nil {
			item = object{}
			paths[r.Path] = item
		}
		item[strings.ToLower(r.Method)] = op
	}
	header := func(name, about string) object {
		return object{"type": "apiKey", "in": "header", "name": name, "description": about}
	}
	return object{
		"openapi": "3.1.0",
		"info": object{"title": "Portcullis: the owner's word", "version": Version, "description": overview,
			"license": object{"name": "Apache-2.0", "identifier": "Apache-2.0"}},
		"servers": []object{{"url": "/", "description": "The venue that serves this document."}},
		"tags":    []object{{"name": "The owner's word"}}, "paths": paths,
		"x-codes": sentences, // those of /docs/reasons come besides
		"components": object{"schemas": schemas, "securitySchemes": object{
			"key":       header(headKey, "The text of the owner's key."),
			"time":      header(headTime, "Milliseconds since 1970 UTC, digits only."),
			"signature": header(headSignature, "Base64 of the Ed25519 signature."),
		}},
	}
}

func content(s object) object { return object{"application/json": object{"schema": s}} }

// schema is the JSON schema of a Go type; structs become components, each once.
func schema(all object, t reflect.Type) object {
	switch t.Kind() {
	case reflect.Pointer:
		return schema(all, t.Elem())
	case reflect.String:
		return object{"type": "string"}
	case reflect.Bool:
		return object{"type": "boolean"}
	case reflect.Uint32, reflect.Uint64:
		return object{"type": "integer", "minimum": 0}
	case reflect.Slice:
		return object{"type": "array", "items": schema(all, t.Elem())}
	case reflect.Struct:
		if all[t.Name()] == nil {
			properties, required := object{}, []string{}
			fields(all, t, properties, &required)
			all[t.Name()] = object{"type": "object", "properties": properties, "required": required, "additionalProperties": false}
		}
		return object{"$ref": "#/components/schemas/" + t.Name()}
	}
	panic("owner: no schema for " + t.String())
}

// fields adds a struct's members, those of embedded structs included.
func fields(all object, t reflect.Type, properties object, required *[]string) {
	for i := range t.NumField() {
		f := t.Field(i)
		if f.Anonymous {
			fields(all, f.Type, properties, required)
			continue
		}
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		about := f.Tag.Get("about")
		if about == "" {
			panic("owner: nothing is said of " + t.Name() + "." + name)
		}
		x := object{"description": about}
		for k, v := range schema(all, f.Type) {
			x[k] = v
		}
		if values := f.Tag.Get("enum"); values != "" {
			x["enum"] = strings.Split(values, ",")
		}
		properties[name] = x
		if !strings.Contains(options, "omitempty") {
			*required = append(*required, name)
		}
	}
}
