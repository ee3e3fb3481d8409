package reference

import (
	"bytes"
	_ "embed"
	"html/template"
	"maps"
	"reflect"
	"slices"
	"strings"
	"sync"

	"portcullis/dialect/binance"
)

//go:embed page.html
var pageText string

// Page is the reference as one page of HTML. It has no script, and nothing from elsewhere.
func Page() []byte { return page() }

var page = sync.OnceValue(func() []byte {
	var b bytes.Buffer
	if err := template.Must(template.New("page").Parse(pageText)).Execute(&b, contents()); err != nil {
		panic("reference: the page cannot be made: " + err.Error())
	}
	return b.Bytes()
})

// What the page is made of.
type (
	pageContents struct {
		Overview, Streams string
		Groups            []pageGroup
		Feeds             []pageFeed
		Methods           []pageMethod
		Types             []pageType
		Errors            []pageError
	}
	pageGroup struct {
		Name, ID string
		Requests []pageRequest
	}
	pageRequest struct {
		ID, Method, Path, WS, Summary, About, Rights, Errors string
		Weight                                               int
		Absent                                               bool
		Params                                               []pageField
		Answer                                               template.HTML
	}
	pageField struct {
		Name      string
		Type      template.HTML
		About     string
		Mandatory bool
	}
	pageFeed struct {
		Name, Speed, About string
		Event              template.HTML
	}
	pageMethod struct{ Name, About, Params string }
	pageType   struct {
		Name, About string
		Fields      []pageField
	}
	pageError struct {
		Number, Status int
		About          string
	}
)

func contents() pageContents {
	s := newSchemas()
	c := pageContents{Overview: overview, Streams: asyncOverview}
	byGroup := map[string][]pageRequest{}
	for r := range requests() {
		byGroup[r.group] = append(byGroup[r.group], s.shown(&r))
	}
	byGroup["Gift codes"] = append(byGroup["Gift codes"], s.shownGifts()...)
	for _, g := range groups {
		c.Groups = append(c.Groups, pageGroup{g, anchor(g), byGroup[g]})
	}
	for _, f := range feeds {
		event := template.HTML("nothing")
		if f.event != nil {
			event = shape(s.of(f.event))
		}
		c.Feeds = append(c.Feeds, pageFeed{f.name, f.speed, f.about, event})
	}
	for _, m := range streamMethods {
		c.Methods = append(c.Methods, pageMethod{m.name, m.about, m.params})
	}
	s.of(binance.ServerShutdown{})
	s.of(binance.StreamTerminated{})
	for _, name := range slices.Sorted(maps.Keys(s.components)) {
		c.Types = append(c.Types, typeOf(name, s.components[name].(object)))
	}
	for _, x := range codes {
		c.Errors = append(c.Errors, pageError{x.number, x.status, x.about})
	}
	return c
}

func (s *schemas) shown(r *request) pageRequest {
	p := pageRequest{ID: anchor(r.name), Method: r.Method, Path: r.Path, WS: r.WS, Summary: r.summary, About: r.about,
		Rights: rights(r.Security), Errors: numbers(r.codes()), Weight: r.weight(), Absent: r.absent}
	for _, x := range r.parameters() {
		p.Params = append(p.Params, pageField{x.wire(), shape(x.schema), x.about, x.mandatory})
	}
	if !r.absent {
		p.Answer = shape(s.of(r.answer))
	}
	return p
}

func anchor(name string) string {
	return strings.ToLower(strings.Trim(unnamed.ReplaceAllString(name, "-"), "-"))
}

// typeOf is a component with its fields.
func typeOf(name string, o object) pageType {
	t := pageType{Name: name}
	t.About, _ = o["description"].(string)
	properties, _ := o["properties"].(object)
	required, _ := o["required"].([]string)
	for _, field := range slices.Sorted(maps.Keys(properties)) {
		x := properties[field].(object)
		about, _ := x["description"].(string)
		t.Fields = append(t.Fields, pageField{field, shape(x), about, slices.Contains(required, field)})
	}
	return t
}

// plain is the type of a parameter in a word.
func plain(o object) string {
	if values, ok := o["enum"].([]string); ok {
		return strings.Join(values, ", ")
	}
	switch {
	case reflect.DeepEqual(o, aDecimal):
		return "decimal"
	case o["type"] == "integer":
		return "integer"
	case o["type"] == "boolean":
		return "true or false"
	}
	return "text"
}

// shape tells a schema in a line, with links to the types that it names. All names in it are ours.
func shape(o object) template.HTML {
	if name, ok := o["$ref"].(string); ok {
		name = strings.TrimPrefix(name, "#/components/schemas/")
		return template.HTML(`<a href="#type-` + name + `">` + name + `</a>`) // #nosec G203 -- a name of one of our own structs
	}
	list, _ := o["anyOf"].([]any)
	if list == nil {
		list, _ = o["oneOf"].([]any)
	}
	if list != nil {
		var parts []string
		for _, x := range list {
			parts = append(parts, string(shape(x.(object))))
		}
		return template.HTML(strings.Join(parts, " or ")) // #nosec G203 -- made above
	}
	switch o["type"] {
	case "array":
		if items, ok := o["items"].(object); ok {
			return "list of " + shape(items)
		}
		return "list"
	case "object":
		if items, ok := o["additionalProperties"].(object); ok {
			return "under each name " + shape(items)
		}
		return "{}"
	case "null":
		return "null"
	}
	return template.HTML(template.HTMLEscapeString(plain(o))) // #nosec G203 -- escaped
}
