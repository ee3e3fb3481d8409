package reference

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"portcullis/venue/gift"
)

// The requests of whoever brings a gift code: they need no key, and speak JSON both ways.

// giftStatuses are how they are answered where it is no.
var giftStatuses = []struct {
	status int
	about  string
	claims bool // only what claims is answered so
	bodies bool // only what has a body
}{
	{400, "The body does not say what is asked, or its code is mistyped.", false, true},
	{404, "There is no such code, or none that can be claimed any more; or no such receipt.", false, false},
	{413, "The body is too long.", false, true},
	{415, "The body is not sent as application/json.", false, true},
	{418, "The address is banned.", false, false},
	{422, "It cannot go there; the message says why.", true, false},
	{429, "Too many attempts from this address or network, or too many claims in all.", false, false},
	{500, "Something went wrong. Claiming again for the same address is safe.", false, false},
	{502, "It is not known whether it was claimed. Claiming again for the same address is safe.", true, false},
	{503, "The venue is busy, stopping, has dropped claims, or its disk is full; nothing was claimed.", false, false},
}

var pathParameter = regexp.MustCompile(`{(\w+)}`)

// gifts adds them to the document.
func (s *schemas) gifts(paths object) {
	failure := s.of(gift.Failure{})
	for _, r := range gift.Routes() {
		if r.Out == nil { // a page
			continue
		}
		body := func(v any) object { return object{"application/json": object{"schema": s.of(v)}} }
		answers := object{"200": object{"description": "Done.", "content": body(r.Out)}}
		for _, x := range giftStatuses {
			if x.claims && !r.Claims || x.bodies && r.In == nil {
				continue
			}
			answer := object{"description": x.about, "content": object{"application/json": object{"schema": failure}}}
			if x.status == 418 || x.status == 429 {
				answer["headers"] = object{"Retry-After": header("Seconds to wait.")}
			}
			answers[fmt.Sprint(x.status)] = answer
		}
		op := object{
			"operationId": strings.ToLower(r.Method) + strings.NewReplacer("/", "_", "{", "", "}", "").Replace(r.Path), "tags": []string{"Gift codes"},
			"summary": r.Summary, "description": "No key: whoever has the code may.", "responses": answers,
		}
		var params []object
		for _, m := range pathParameter.FindAllStringSubmatch(r.Path, -1) {
			params = append(params, object{"name": m[1], "in": "path", "required": true, "description": "As the claim was answered.", "schema": aText})
		}
		if params != nil {
			op["parameters"] = params
		}
		if r.In != nil {
			op["requestBody"] = object{"required": true, "content": body(r.In)}
		}
		item, _ := paths[r.Path].(object)
		if item == nil {
			item = object{}
			paths[r.Path] = item
		}
		item[strings.ToLower(r.Method)] = op
	}
}

// shownGifts are they, as the page shows them.
func (s *schemas) shownGifts() (list []pageRequest) {
	for _, r := range gift.Routes() {
		if r.Out == nil {
			continue
		}
		p := pageRequest{ID: anchor(r.Method + " " + r.Path), Method: r.Method, Path: r.Path, Summary: r.Summary, Rights: "No key: whoever has the code may.", Answer: shape(s.of(r.Out)), Weight: 1}
		if r.In != nil {
			p.About = "Its body is JSON."
			in := s.of(r.In)
			name := strings.TrimPrefix(in["$ref"].(string), "#/components/schemas/")
			fields := s.components[name].(object)["properties"].(object)
			for field, x := range fields {
				p.Params = append(p.Params, pageField{field, shape(object{"type": "string"}), x.(object)["description"].(string), true})
			}
			slices.SortFunc(p.Params, func(a, b pageField) int { return strings.Compare(a.Name, b.Name) })
		}
		list = append(list, p)
	}
	return list
}
