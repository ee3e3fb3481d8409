package reference

import (
	"regexp"
	"strings"
	"sync"

	"portcullis/dialect/binance"
)

// AsyncAPI is the document of the streams and the WebSocket API.
func AsyncAPI() []byte { return asyncAPI() }

var asyncAPI = sync.OnceValue(func() []byte { return document(buildAsyncAPI(newSchemas())) })

const asyncOverview = `Two kinds of WebSocket connections. /ws and /stream carry streams: of markets to everybody, of an account to who
names its listenKey. /ws-api/v3 answers the same requests as REST, and tells events of accounts that were subscribed to.

A connection lasts at most 24 hours; the venue pings every 20 seconds and wants a pong within a minute. When it is about to
stop it says serverShutdown. A reader that is too slow is closed, with the reason in the close frame; no event is ever left
out of a stream that goes on. A client of the streams may send five frames in a second, pings and pongs included, and have 1024
streams on a connection; an address may make 300 connections in five minutes. timeUnit=MICROSECOND in the URL gives times in
microseconds.`

var anID = object{"description": "As the client sent it: an integer, a text, or null.", "type": []string{"integer", "string", "null"}}

// async is a document under construction.
type async struct {
	*schemas
	channels, operations, messages object
}

func buildAsyncAPI(s *schemas) object {
	a := &async{s, object{}, object{}, object{}}
	a.streams()
	a.methods()
	return object{
		"asyncapi": "3.0.0",
		"info":     object{"title": "Portcullis: streams and WebSocket API", "version": Version, "description": asyncOverview, "license": object{"name": "Apache-2.0"}},
		"servers":  object{"venue": object{"host": "localhost:8420", "protocol": "ws", "description": "The venue that serves this document; wss where it has a certificate."}},
		"channels": a.channels, "operations": a.operations,
		"components":         object{"schemas": s.components, "messages": a.messages},
		"defaultContentType": "application/json",
	}
}

// message adds a message to a channel, and is a reference to it there.
func (a *async) message(channel, name, about string, payload object) object {
	a.messages[name] = object{"name": name, "summary": about, "payload": payload}
	x := a.channels[channel].(object)
	x["messages"].(object)[name] = object{"$ref": "#/components/messages/" + name}
	return object{"$ref": "#/channels/" + channel + "/messages/" + name}
}

func (a *async) channel(name, address, about string, parameters object) {
	c := object{"address": address, "description": about, "messages": object{}}
	if parameters != nil {
		c["parameters"] = parameters
	}
	a.channels[name] = c
}

var unnamed = regexp.MustCompile("[^A-Za-z0-9]+")

// streams describes both kinds of stream connections.
func (a *async) streams() {
	names := object{"streams": object{"description": "Names of streams, joined by '/'."}}
	a.channel("raw", "/ws/{streams}", "Events as they are.", names)
	a.channel("combined", "/stream?streams={streams}", "Events with the name of their stream: {\"stream\":…,\"data\":…}.", names)
	var raw, combined []object
	for _, f := range feeds {
		if f.event == nil {
			continue
		}
		payload, name := a.of(f.event), strings.Trim(unnamed.ReplaceAllString(f.name, "-"), "-")
		about := f.about + " Stream " + f.name + ", " + f.speed + "."
		raw = append(raw, a.message("raw", name, about, payload))
		combined = append(combined, a.message("combined", name+"-combined", about, wrapped(payload)))
	}
	shutdown := a.of(binance.ServerShutdown{})
	raw = append(raw, a.message("raw", "serverShutdown", "The connection is about to end.", shutdown))
	combined = append(combined, a.message("combined", "serverShutdown-combined", "The connection is about to end.", wrapped(shutdown)))
	a.operations["events"] = object{"action": "send", "channel": ref2("raw"), "messages": raw, "summary": "What happens, as it happens."}
	a.operations["combinedEvents"] = object{"action": "send", "channel": ref2("combined"), "messages": combined, "summary": "What happens, as it happens."}
	failure := object{"type": "object", "required": []string{"error", "id"}, "additionalProperties": false, "properties": object{"id": anID,
		"error": object{"type": "object", "required": []string{"code", "msg"}, "additionalProperties": false, "properties": object{
			"code": object{"type": "integer", "enum": []int{0, 1, 2, 3}, "description": "0 property, 1 type of a value, 2 request, 3 JSON."}, "msg": aText}}}}
	a.components["StreamError"] = failure
	for _, channel := range []string{"raw", "combined"} {
		refused := a.message(channel, "refused", "A request was refused.", ref("StreamError"))
		for _, m := range streamMethods {
			request := a.message(channel, m.name, m.about, object{"type": "object", "required": []string{"method"}, "additionalProperties": false, "properties": object{
				"method": object{"const": m.name}, "id": anID, "params": object{"type": "array", "description": "Such as " + m.params + "."}}})
			reply := a.message(channel, m.name+"-done", m.about, object{"type": "object", "required": []string{"result", "id"}, "additionalProperties": false,
				"properties": object{"result": m.result, "id": anID}})
			a.operations[channel+"-"+m.name] = object{"action": "receive", "channel": ref2(channel), "summary": m.about, "messages": []object{request},
				"reply": object{"channel": ref2(channel), "messages": []object{reply, refused}}}
		}
	}
}

func ref2(channel string) object { return object{"$ref": "#/channels/" + channel} }

func wrapped(payload object) object {
	return object{"type": "object", "required": []string{"stream", "data"}, "additionalProperties": false,
		"properties": object{"stream": object{"type": "string", "description": "Name of the stream."}, "data": payload}}
}

// methods describes the WebSocket API.
func (a *async) methods() {
	a.channel("api", "/ws-api/v3", "Requests, answered in the order in which they came, and events of accounts. returnRateLimits=false in the URL leaves rateLimits out.", nil)
	failure := object{"type": "object", "required": []string{"code", "msg"}, "additionalProperties": false, "properties": object{
		"code": object{"type": "integer"}, "msg": aText, "data": object{"description": "Until when to wait, or what became of both halves of a cancelReplace."}}}
	a.components["WSError"] = object{"type": "object", "required": []string{"id", "status", "error"}, "additionalProperties": false, "properties": object{
		"id": anID, "status": object{"type": "integer", "description": "As of HTTP."}, "error": failure, "rateLimits": a.limits()}}
	refused := a.message("api", "failed", "A request was refused.", ref("WSError"))
	for r := range requests() {
		if r.WS == "" {
			continue
		}
		request := a.message("api", r.WS, r.summary, a.request(&r))
		op := object{"action": "receive", "channel": ref2("api"), "summary": r.summary, "messages": []object{request},
			"description": strings.TrimSpace(r.about + "\n\n" + rights(r.Security) + " Errors: " + numbers(r.codes()) + ".")}
		replies := []object{refused}
		if !r.absent {
			replies = append([]object{a.message("api", r.WS+"-result", r.summary, a.result(r.answer))}, replies...)
		}
		op["reply"] = object{"channel": ref2("api"), "messages": replies}
		a.operations[r.WS] = op
	}
	told := a.message("api", "event", "What happened to an account that is subscribed to.", object{"type": "object", "required": []string{"subscriptionId", "event"}, "additionalProperties": false,
		"properties": object{"subscriptionId": object{"type": "integer"}, "event": a.of(append(append(choice{}, userEvents...), binance.StreamTerminated{}))}})
	shutdown := a.message("api", "shutdown", "The connection is about to end.", object{"type": "object", "required": []string{"event"}, "additionalProperties": false,
		"properties": object{"event": a.of(binance.ServerShutdown{})}})
	a.operations["accountEvents"] = object{"action": "send", "channel": ref2("api"), "summary": "What happens to accounts, as it happens.", "messages": []object{told, shutdown}}
}

func (a *async) limits() object { return object{"type": "array", "items": a.of(binance.RateLimit{})} }

// request is the frame that asks for something.
func (a *async) request(r *request) object {
	properties, required := object{}, []string{}
	list := r.parameters()
	for _, name := range []string{"apiKey", "returnRateLimits"} {
		p := parameters[name]
		list = append(list, parameter{name, p.about, p.schema, false})
	}
	for _, p := range list {
		x := object{"description": p.about}
		for k, v := range p.schema {
			x[k] = v
		}
		if x["type"] == "integer" || x["type"] == "boolean" { // text does as well
			x["type"] = []any{x["type"], "string"}
		}
		properties[p.wire()] = x
		if p.mandatory && p.name != "signature" && p.name != "timestamp" {
			required = append(required, p.wire())
		}
	}
	return object{"type": "object", "required": []string{"method"}, "additionalProperties": false, "properties": object{
		"id": anID, "method": object{"const": r.WS}, "params": object{"type": "object", "properties": properties, "required": required, "additionalProperties": false}}}
}

// result is the frame that answers.
func (a *async) result(answer any) object {
	return object{"type": "object", "required": []string{"id", "status", "result"}, "additionalProperties": false, "properties": object{
		"id": anID, "status": object{"const": 200}, "result": a.of(answer), "rateLimits": a.limits()}}
}
