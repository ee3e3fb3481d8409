package venue

import (
	"net/http"
	"strconv"

	"portcullis/core/instruction"
	"portcullis/dialect/binance"
	"portcullis/venue/reference"
)

// document is a part of the reference.
type document struct {
	kind string
	body func() []byte
}

var documents = withReasons(map[string]document{
	"/docs":                {page, reference.Page},
	reference.BudgetPath:   {page, reference.Budget},
	reference.FeaturesPath: {page, reference.Features},
	"/openapi.json":        {"application/json", reference.OpenAPI},
	"/asyncapi.json":       {"application/json", reference.AsyncAPI},
})

// page is a page to read.
const page = "text/html; charset=utf-8"

// withReasons adds the pages of the reasons.
func withReasons(all map[string]document) map[string]document {
	for path, body := range reference.Reasons(answersTo) {
		all[path] = document{page, func() []byte { return body }}
	}
	return all
}

// answersTo is how a reason is told, of orders and of cancels.
func answersTo(r instruction.Reason) []reference.Answer {
	if refusals[r] == nil {
		return nil
	}
	order, cancel := refused(r, false), refused(r, true)
	list := []reference.Answer{{Code: order.Code, Status: order.Status}}
	if cancel.Code != order.Code {
		list = append(list, reference.Answer{Code: cancel.Code, Status: cancel.Status})
	}
	return list
}

// documentWeight is what a document costs its address: it is as large as a long list.
const documentWeight = 10

// serveDocument answers with a part of the reference, which any page may read.
func serveDocument(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		e := binance.ErrUnsupported("This path takes GET.")
		e.Status = http.StatusMethodNotAllowed
		writeError(w, e)
		return
	}
	d := documents[r.URL.Path]
	body := d.body()
	h := w.Header()
	h.Set("Content-Type", d.kind)
	h.Set("Content-Length", strconv.Itoa(len(body)))
	h.Set("Access-Control-Allow-Origin", "*")
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	if r.Method == http.MethodGet {
		_, _ = w.Write(body) // a client that went away is told nothing
	}
}
