package load

import (
	"context"
	"crypto/ed25519"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"portcullis/internal/secret"
)

// some is a small run.
func some() Options {
	return Options{Rate: 2000, Clients: 8, Count: 400, Duration: time.Minute, Mix: Mix{Place: 6, Cancel: 3, Query: 1}}
}

// TestOwnVenue: a run on a venue of its own sends what it was asked for, and every acknowledged order is on record.
func TestOwnVenue(t *testing.T) {
	o := some()
	o.Streams, o.Slow = 2, 1
	if runtime.GOOS == "linux" {
		o.Slow = 300 // more than one address may have
	}
	r, err := Run(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	placed := r.Operations["place"]
	if r.Sent != 400 || r.Unsent != 0 || placed == nil || placed.OK == 0 || placed.Errors != 0 || r.Unknown.All != 0 {
		t.Errorf("%+v, place %+v", r, placed)
	}
	if uint64(r.Orders.Acknowledged) != placed.OK || r.Orders.OnRecord != r.Orders.Acknowledged || r.Orders.Lost != 0 {
		t.Errorf("%+v of %d", r.Orders, placed.OK)
	}
	if r.Streams.Open != o.Streams+o.Slow || r.Streams.Failed != 0 {
		t.Errorf("%+v", r.Streams)
	}
	if text := strings.Join(r.Text(), "\n"); !strings.Contains(text, "lost: 0") {
		t.Error(text)
	}
}

// TestLimits: with the dialect's limits, what is too much is refused by their codes, each on a connection that works.
func TestLimits(t *testing.T) {
	o := some()
	o.Mix, o.Limits = Mix{Query: 1}, true
	o.Rate, o.Count = MaxRate, 2500 // each weighs 6: more than two minutes' worth
	r, err := Run(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	if q := r.Operations["query"]; r.Sent != 2500 || q.OK < 1000 || q.Errors == 0 || q.OK+q.Errors != 2500 {
		t.Errorf("%+v, %+v", r, q)
	}
	for code := range r.Errors {
		if code != "429 -1003" && code != "418 -1003" {
			t.Errorf("%s: %d", code, r.Errors[code])
		}
	}
	if r.Shed["venue_shed_total{reason=\"banned\"}"] != float64(r.Errors["418 -1003"]) {
		t.Errorf("%v, and the venue says %v", r.Errors, r.Shed)
	}
}

// TestLost: an acknowledged order that is not in the journal is told.
func TestLost(t *testing.T) {
	h, err := NewHouse(t.Context(), 1, false)
	if err != nil {
		t.Fatal(err)
	}
	if found, err := h.compare(t.Context(), []uint64{1, 2}); err != nil || found.Lost != 2 {
		t.Errorf("%+v, %v", found, err)
	}
	if err := h.Remove(); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(h.dir); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("%s is left: %v", h.dir, err)
	}
}

// TestBounds: what a run refuses, and that it says what would be right.
func TestBounds(t *testing.T) {
	for want, change := range map[string]func(*Options){
		"nothing runs without an end":            func(o *Options) { o.Count = 0 },
		"the duration is above 0":                func(o *Options) { o.Duration = 0 },
		"at most 1h0m0s":                         func(o *Options) { o.Duration = 2 * time.Hour },
		"the rate is above 0":                    func(o *Options) { o.Rate = 0 },
		"the clients are 1 to":                   func(o *Options) { o.Clients = MaxClients + 1 },
		"the mix has parts":                      func(o *Options) { o.Mix = Mix{} },
		"streams and slow streams together":      func(o *Options) { o.Slow = -1 },
		"the price is a decimal":                 func(o *Options) { o.Price = "1/3" },
		"is not this machine":                    func(o *Options) { o.URL = "http://192.0.2.1:8420" },
		"venue.example is not this machine":      func(o *Options) { o.URL = "https://venue.example" },
		"is no venue: write http://127.0.0.1":    func(o *Options) { o.URL = "127.0.0.1:8420" },
		"needs --keys":                           func(o *Options) { o.URL = "http://127.0.0.1:8420" },
		"limits are those of the venue that run": func(o *Options) { o.URL, o.Limits = "http://[::1]:8420/", true },
	} {
		o := some()
		change(&o)
		if _, err := Run(t.Context(), o); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v", want, err)
		}
	}
	o := some()
	o.URL, o.Remote, o.Keys, o.Price = "http://192.0.2.1:8420", true, make([]Key, 1), "0.03"
	if err := o.check(); err != nil {
		t.Errorf("told twice: %v", err)
	}
	if o.half != "0.02" {
		t.Errorf("half is %s", o.half)
	}
}

// TestJudge: only an answer that says so means that nothing has happened.
func TestJudge(t *testing.T) {
	for _, x := range []struct {
		status int
		body   string
		want   outcome
	}{
		{200, `{}`, happened},
		{400, `{"code":-2010,"msg":""}`, refused},
		{429, `{"code":-1003}`, refused},
		{418, `nonsense`, refused},
		{503, `{"code":-1008}`, refused},
		{503, `{"code":-1016}`, refused},
		{503, ``, unknown},
		{502, `{"code":-1006}`, unknown},
		{504, `{"code":-1007}`, unknown},
		{500, `{"code":-1000}`, unknown},
	} {
		if a := judge(x.status, []byte(x.body)); a.what != x.want {
			t.Errorf("%d %s: %v", x.status, x.body, a.what)
		}
	}
}

// serve is a venue that does what a test tells it.
func serve(t *testing.T, o *Options, h http.HandlerFunc) {
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	o.URL, o.Keys = s.URL, []Key{{"key", secret.New([]byte("secret"))}}
}

// TestUnknown: of requests that were cut off, some had happened. All are told apart from failures, and asked for.
func TestUnknown(t *testing.T) {
	var mu sync.Mutex
	placed := map[string]bool{}
	n := 0
	o := Options{Rate: 1000, Clients: 4, Count: 40, Duration: time.Minute, Mix: Mix{Place: 1}}
	serve(t, &o, func(w http.ResponseWriter, r *http.Request) {
		q := r.URL.Query()
		mu.Lock()
		defer mu.Unlock()
		switch {
		case r.URL.Path == "/metrics":
			w.WriteHeader(http.StatusForbidden)
		case r.Method == "GET" && placed[q.Get("origClientOrderId")]:
			w.Write([]byte(`{"status":"NEW"}`))
		case r.Method == "GET":
			w.WriteHeader(400)
			w.Write([]byte(`{"code":-2013,"msg":"Order does not exist."}`))
		default:
			n++
			placed[q.Get("newClientOrderId")] = n%4 < 2
			switch n % 4 {
			case 0:
				w.Write([]byte(`{"orderId":1,"status":"NEW"}`))
			case 1: // happened, and nobody hears of it
				panic(http.ErrAbortHandler)
			case 2: // did not happen
				w.WriteHeader(504)
				w.Write([]byte(`{"code":-1007}`))
			case 3:
				w.WriteHeader(503)
				w.Write([]byte(`{"code":-1008}`))
			}
		}
	})
	r, err := Run(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	p := r.Operations["place"]
	if p.OK != 10 || p.Errors != 10 || p.Unknown != 20 || r.Errors["503 -1008"] != 10 {
		t.Errorf("%+v %v", p, r.Errors)
	}
	if want := (Unknown{All: 20, Happened: 10, DidNot: 10}); r.Unknown != want {
		t.Errorf("%+v", r.Unknown)
	}
}

// TestDue: latency counts from when a request was due. A venue that holds one answer back makes all the others late.
func TestDue(t *testing.T) {
	const hold = 60 * time.Millisecond
	first := true
	o := Options{Rate: 1000, Clients: 1, Count: 20, Duration: time.Minute, Mix: Mix{Query: 1}}
	serve(t, &o, func(w http.ResponseWriter, r *http.Request) {
		if first {
			first = false
			<-time.After(hold)
		}
		w.Write([]byte(`[]`))
	})
	r, err := Run(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	// The last was due after 19 ms, and could not be sent before 60 ms: bounds from below, on any machine.
	if q := r.Operations["query"]; q.OK != 20 || q.Latency.P50 < 49 || q.Latency.Max < 60 {
		t.Errorf("%+v", q)
	}
}

// TestEnd: the context ends a run, and what was not sent is told.
func TestEnd(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	o := Options{Rate: 1, Clients: 2, Count: 100, Duration: MaxDuration, Mix: Mix{Query: 1}}
	serve(t, &o, func(w http.ResponseWriter, r *http.Request) {
		cancel()
		w.Write([]byte(`[]`))
	})
	r, err := Run(ctx, o)
	if err != nil {
		t.Fatal(err)
	}
	if r.Sent+r.Unsent != 100 || r.Sent > 2 {
		t.Errorf("%d sent, %d not", r.Sent, r.Unsent)
	}
}

// TestKeys: keys of both kinds are read, from a list or from an object, and sign what the venue verifies.
func TestKeys(t *testing.T) {
	public, private, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	der, _ := x509.MarshalPKCS8PrivateKey(private)
	text := string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))
	list, _ := json.Marshal([]keyForm{{"a", "secret"}, {"b", text}})
	named, _ := json.Marshal(map[string]keyForm{"x": {"b", text}})
	file := filepath.Join(t.TempDir(), "keys.json")
	read := func(b []byte) []Key {
		if err := os.WriteFile(file, b, 0o600); err != nil {
			t.Fatal(err)
		}
		keys, _ := ReadKeys(file)
		return keys
	}
	if keys := read(list); len(keys) != 2 || keys[0].APIKey != "a" || string(keys[0].Secret.Reveal()) != "secret" {
		t.Errorf("%v", keys)
	}
	for _, bad := range []string{``, `[]`, `{}`, `7`, `[{"api_key":"a"}]`} {
		if keys := read([]byte(bad)); keys != nil {
			t.Errorf("%s: %v", bad, keys)
		}
	}
	c, err := newCustomer(&Options{Keys: read(named)}, "", "", 0, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	signature, _ := url.QueryUnescape(c.sign("payload"))
	if b, err := base64.StdEncoding.DecodeString(signature); err != nil || !ed25519.Verify(public, []byte("payload"), b) {
		t.Errorf("%s: %v", signature, err)
	}
	c = &customer{key: &Key{"a", secret.New([]byte("key"))}}
	if got := c.sign("The quick brown fox jumps over the lazy dog"); got != "f7bc83f430538424b13298e6aa6fb143ef4d59a14946175997479dbc2d1a3cd8" {
		t.Error(got)
	}
}
