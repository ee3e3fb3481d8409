package gift

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"html/template"
	"net/http"
	"strings"
	"time"
)

// The page needs no script and brings nothing from elsewhere: three forms, one after the other, and one page that loads itself anew
// while something is under way.

//go:embed page.html
var pageText string

//go:embed page.css
var styleText string

var pages = template.Must(template.New("page").Funcs(template.FuncMap{"moment": moment}).Parse(pageText))

// moment is a time as people write it. What is less than a minute is left out, so that a code lasts no shorter than is said.
func moment(text string) string {
	t, err := time.Parse(time.RFC3339Nano, text)
	if err != nil {
		return text
	}
	return t.UTC().Format("2 January 2006, 15:04 UTC")
}

// policy lets the page have its own style, send its own forms, and nothing else.
var policy = func() string {
	h := sha256.Sum256([]byte(styleText))
	return "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(h[:]) + "'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
}()

// view is what a page shows: one of its steps, or what is wrong.
type view struct {
	Style   template.CSS
	Code    string // as typed
	Address string // as typed
	Checked *Checked
	Payout  *Payout
	Failure *Failure
	Refresh int // seconds until it loads itself anew; 0: never
}

func writePage(w http.ResponseWriter, no *refusal, v view) {
	v.Style = template.CSS(styleText) // #nosec G203 -- our own text
	var b bytes.Buffer
	if err := pages.Execute(&b, &v); err != nil {
		panic("gift: a page that cannot be written: " + err.Error())
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(no.head(w.Header()))
	_, _ = w.Write(b.Bytes())
}

// pageStart asks for the code. One in the address is written into the form, for whoever followed a link, and nothing is looked up or
// claimed: that takes a press of the button.
func (s *Server) pageStart(w http.ResponseWriter, r *http.Request) {
	v := view{}
	if c, err := ParseCode(r.URL.Query().Get("code")); err == nil {
		v.Code = c.Reveal()
	}
	writePage(w, nil, v)
}

// origin refuses what another site sent.
var origin = http.NewCrossOriginProtection()

// form reads a form of the page.
func (s *Server) form(r *http.Request) (code, address string, no *refusal) {
	if err := origin.Check(r); err != nil {
		return "", "", refuse(http.StatusForbidden, "other-site")
	}
	r.Body = http.MaxBytesReader(nil, r.Body, maxBody)
	if err := r.ParseForm(); err != nil {
		return "", "", refuse(http.StatusRequestEntityTooLarge, "too-long")
	}
	return r.PostForm.Get("code"), strings.TrimSpace(r.PostForm.Get("address")), nil
}

func (s *Server) pageCheck(w http.ResponseWriter, r *http.Request) {
	text, _, no := s.form(r)
	var b bearer
	if no == nil {
		b, no = s.bearer(r, text)
	}
	var c Checked
	if no == nil {
		c, no = s.check(&b)
	}
	if no != nil {
		writePage(w, no, view{Code: cut(text), Failure: &no.Failure})
		return
	}
	writePage(w, nil, view{Code: b.code.Reveal(), Checked: &c})
}

// pageClaim claims, and leads on to the payout: so that loading the page anew asks for nothing twice.
func (s *Server) pageClaim(w http.ResponseWriter, r *http.Request) {
	text, address, no := s.form(r)
	var b bearer
	if no == nil {
		b, no = s.bearer(r, text)
	}
	var p Payout
	if no == nil {
		p, no = s.claim(&b, address)
	}
	if no == nil {
		http.Redirect(w, r, Path+"/payouts/"+p.Receipt, http.StatusSeeOther)
		return
	}
	v := view{Code: cut(text), Address: cut(address), Failure: &no.Failure}
	if b.hash != ([32]byte{}) {
		v.Code = b.code.Reveal()
	}
	if b.hash != ([32]byte{}) && !no.missed { // the step is shown again, with what was typed
		if c, gone := s.check(&b); gone == nil {
			v.Checked = &c
		}
	}
	writePage(w, no, v)
}

// refresh is how often the page of a payout loads itself anew, in seconds, while that is under way.
const refresh = 15

func (s *Server) pagePayout(w http.ResponseWriter, r *http.Request) {
	p, no := s.byReceipt(r)
	if no != nil {
		writePage(w, no, view{Failure: &no.Failure})
		return
	}
	v := view{Payout: &p}
	if p.State == "CLAIMED" || p.State == "SENDING" {
		v.Refresh = refresh
	}
	writePage(w, nil, v)
}

// cut shortens what a stranger typed, for the form that it goes back into.
func cut(text string) string {
	if len(text) > maxText {
		return ""
	}
	return strings.ToValidUTF8(text, "")
}
