package gift

import (
	"encoding/json"
	"io"
	"mime"
	"net/http"
	"strconv"
	"strings"

	"portcullis/internal/strict"
)

// Path is where the page is, and below it all else.
const Path = "/gift"

// maxBody bounds a request's body, in bytes.
const maxBody = 4 << 10

// Route is one request of the JSON API or of the pages.
type Route struct {
	Method, Path string
	Summary      string
	In, Out      any // zero values of what is asked and answered in JSON; nil for a page, and In for what has no body
	Claims       bool
	serve        func(*Server, http.ResponseWriter, *http.Request)
}

// routes are all requests.
var routes = []Route{
	api("POST", "/v1/check", "What a gift code is worth, and where it can go", NameCode{}, (*Server).apiCheck),
	claims(api("POST", "/v1/claim", "Claim a gift code to an address outside", Claim{}, (*Server).apiClaim)),
	api("GET", "/v1/payouts/{receipt}", "How the payout of a claim stands", nil, (*Server).apiPayout),
	{Method: "GET", Path: Path, Summary: "The page for whoever was given a gift code", serve: (*Server).pageStart},
	{Method: "POST", Path: Path + "/check", Summary: "Its second step: what the code is worth", serve: (*Server).pageCheck},
	claims(Route{Method: "POST", Path: Path + "/claim", Summary: "Its third step: the claim", serve: (*Server).pageClaim}),
	{Method: "GET", Path: Path + "/payouts/{receipt}", Summary: "How the payout stands", serve: (*Server).pagePayout},
}

// Routes are all requests.
func Routes() []Route { return routes }

// api is a request of the JSON API.
func api[Out any](method, path, summary string, in any, answer func(*Server, *http.Request) (Out, *refusal)) Route {
	var out Out
	return Route{Method: method, Path: Path + path, Summary: summary, In: in, Out: out, serve: func(s *Server, w http.ResponseWriter, r *http.Request) {
		v, no := answer(s, r)
		if no != nil {
			writeJSON(w, no, no.Failure)
			return
		}
		writeJSON(w, nil, v)
	}}
}

func claims(r Route) Route {
	r.Claims = true
	return r
}

// Handler answers all requests of the page and of the API.
func (s *Server) Handler() http.Handler {
	mux := http.NewServeMux()
	for i := range routes {
		r := &routes[i]
		mux.HandleFunc(r.Method+" "+r.Path, func(w http.ResponseWriter, q *http.Request) { r.serve(s, w, q) })
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		guard(w.Header())
		if status, wait := s.cfg.Weigh(r); status != 0 {
			no := tooMany(wait)
			if no.status = status; status == http.StatusTeapot {
				w.Header().Set("Connection", "close")
			}
			fail(w, r, no)
			return
		}
		if _, pattern := mux.Handler(r); pattern == "" {
			s.astray(w, r)
			return
		}
		mux.ServeHTTP(w, r)
	})
}

// astray answers where there is nothing, or not by this method.
func (s *Server) astray(w http.ResponseWriter, r *http.Request) {
	var methods []string
	for _, x := range routes {
		if x.Path == r.URL.Path || strings.HasSuffix(x.Path, "/{receipt}") && strings.HasPrefix(r.URL.Path, strings.TrimSuffix(x.Path, "{receipt}")) {
			methods = append(methods, x.Method)
		}
	}
	if methods == nil {
		fail(w, r, refuse(http.StatusNotFound, "no-such-path"))
		return
	}
	w.Header().Set("Allow", strings.Join(methods, ", "))
	fail(w, r, refuse(http.StatusMethodNotAllowed, "method-not-allowed"))
}

// guard sets what all answers have: nothing of them is stored, framed, guessed at, found by search engines, or told to others.
func guard(h http.Header) {
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Security-Policy", policy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Robots-Tag", "noindex, nofollow")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
}

// fail answers a refusal as the request's way has it.
func fail(w http.ResponseWriter, r *http.Request, no *refusal) {
	if strings.HasPrefix(r.URL.Path, Path+"/v1/") {
		writeJSON(w, no, no.Failure)
		return
	}
	if no.Code == "method-not-allowed" { // such as a browser that opens the answer to a form anew, which nobody sent
		no.Message = "This page is the answer to a form. Begin with the code: one that you claimed before leads to its payment again."
	}
	writePage(w, no, view{Failure: &no.Failure})
}

// status is the status that an answer goes out with, and sets the header that goes with it.
func (no *refusal) head(h http.Header) int {
	if no == nil {
		return http.StatusOK
	}
	if no.wait > 0 {
		h.Set("Retry-After", strconv.FormatInt(no.wait, 10))
	}
	return no.status
}

func writeJSON(w http.ResponseWriter, no *refusal, v any) {
	b, err := json.Marshal(v)
	if err != nil {
		panic("gift: an answer that is no JSON: " + err.Error())
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(no.head(w.Header()))
	_, _ = w.Write(append(b, '\n')) // a client that went away is told nothing
}

// body reads what is asked. No page of another site can send this type without asking first, and none is let.
func body(r *http.Request, v any) *refusal {
	if t, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || t != "application/json" {
		return refuse(http.StatusUnsupportedMediaType, "malformed-request")
	}
	b, err := io.ReadAll(http.MaxBytesReader(nil, r.Body, maxBody))
	if err != nil {
		return refuse(http.StatusRequestEntityTooLarge, "too-long")
	}
	if err := strict.Decode(b, v); err != nil { // which says what of it is wrong, and might repeat a code
		return refuse(http.StatusBadRequest, "malformed-request")
	}
	return nil
}

func (s *Server) apiCheck(r *http.Request) (c Checked, no *refusal) {
	var in NameCode
	if no := body(r, &in); no != nil {
		return c, no
	}
	b, no := s.bearer(r, in.Code)
	if no != nil {
		return c, no
	}
	return s.check(&b)
}

func (s *Server) apiClaim(r *http.Request) (p Payout, no *refusal) {
	var in Claim
	if no := body(r, &in); no != nil {
		return p, no
	}
	b, no := s.bearer(r, in.Code)
	if no != nil {
		return p, no
	}
	return s.claim(&b, in.Address)
}

func (s *Server) apiPayout(r *http.Request) (Payout, *refusal) { return s.byReceipt(r) }

// byReceipt is the payout that a request names.
func (s *Server) byReceipt(r *http.Request) (Payout, *refusal) {
	id, ok := s.cfg.Pepper.Payout(r.PathValue("receipt"))
	if !ok {
		return Payout{}, refuse(http.StatusNotFound, "unknown-receipt")
	}
	return s.payout(r.Context(), id)
}
