package venue

import (
	"net/http"
	"strconv"

	"portcullis/dialect/binance"
	"portcullis/venue/reference"
)

// document is a part of the reference.
type document struct {
	kind string
	body func() []byte
}

var documents = map[string]document{
	"/docs":          {"text/html; charset=utf-8", reference.Page},
	"/openapi.json":  {"application/json", reference.OpenAPI},
	"/asyncapi.json": {"application/json", reference.AsyncAPI},
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
