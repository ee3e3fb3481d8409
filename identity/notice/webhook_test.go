package notice

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"portcullis/core/instruction"
	"portcullis/internal/secret"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"
)

// receiver is a real server that holds what it gets against the library of Standard Webhooks.
type receiver struct {
	t      *testing.T
	verify *standardwebhooks.Webhook
	server *httptest.Server
	answer func(n int, w http.ResponseWriter, r *http.Request) // to the request number n, from 1

	mu     sync.Mutex
	n      int
	got    []string // ids, in the order of arrival
	bodies map[string]string
	reach  chan struct{} // receives with each request
}

func newReceiver(t *testing.T, text secret.Bytes, answer func(int, http.ResponseWriter, *http.Request)) *receiver {
	verify, err := standardwebhooks.NewWebhook(string(text.Reveal()))
	if err != nil {
		t.Fatal(err)
	}
	x := &receiver{t: t, verify: verify, answer: answer, bodies: map[string]string{}, reach: make(chan struct{}, 1000)}
	x.server = httptest.NewServer(x)
	t.Cleanup(x.server.Close)
	return x
}

func (x *receiver) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		x.t.Errorf("reading: %v", err)
	}
	if err := x.verify.Verify(body, r.Header); err != nil {
		x.t.Errorf("the signature: %v", err)
	}
	var m struct {
		Type      Type      `json:"type"`
		Timestamp time.Time `json:"timestamp"`
		Data      Notice    `json:"data"`
	}
	id := r.Header.Get("webhook-id")
	if err := json.Unmarshal(body, &m); err != nil || m.Type != m.Data.Type || !m.Timestamp.Equal(m.Data.Time) || m.Data.ID.String() != id ||
		r.Method != http.MethodPost || r.Header.Get("Content-Type") != "application/json" {
		x.t.Errorf("a message %s: %s, %v", id, body, err)
	}
	x.mu.Lock()
	x.n++
	n := x.n
	x.got = append(x.got, id)
	if before := x.bodies[id]; before != "" && before != string(body) {
		x.t.Errorf("%s came as\n%s\nand as\n%s", id, before, body)
	}
	x.bodies[id] = string(body)
	x.mu.Unlock()
	x.answer(n, w, r)
	x.reach <- struct{}{}
}

func (x *receiver) all() []string {
	x.mu.Lock()
	defer x.mu.Unlock()
	return slices.Clone(x.got)
}

// wait waits for n requests that were answered; a minute is for ever.
func (x *receiver) wait(n int) {
	x.t.Helper()
	late := time.After(time.Minute)
	for i := range n {
		select {
		case <-x.reach:
		case <-late:
			x.t.Fatalf("%d requests came, and %d were to come", i, n)
		}
	}
}

func fine(int, http.ResponseWriter, *http.Request) {}

// sender is a sender that pauses for no time, and notes for how long it would have.
func sender(t *testing.T, o *Outbox, url string, text secret.Bytes) (*Sender, *pauses) {
	t.Helper()
	key, err := ParseSecret(text)
	if err != nil {
		t.Fatal(err)
	}
	hook, err := NewHook(url, key)
	if err != nil {
		t.Fatal(err)
	}
	s, err := NewSender(o, hook)
	if err != nil {
		t.Fatal(err)
	}
	p := &pauses{}
	s.pause = p.pause
	return s, p
}

type pauses struct {
	mu   sync.Mutex
	list []time.Duration
}

func (p *pauses) pause(ctx context.Context, d time.Duration) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.list = append(p.list, d)
	return ctx.Err()
}

// running runs a sender until the test stops it.
func running(t *testing.T, s *Sender) (stop func()) {
	ctx, cancel := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	wg.Go(func() { s.Run(ctx) })
	return func() {
		cancel()
		wg.Wait()
	}
}

// posted is a house with an outbox and a secret.
func posted(t *testing.T) (*house, *Outbox, secret.Bytes) {
	h := newHouse(t, t.TempDir())
	t.Cleanup(func() { h.Close() })
	h.do(&instruction.OpenAccount{})
	o := h.outbox(t.TempDir())
	t.Cleanup(func() { o.Close() })
	return h, o, NewSecret()
}

// TestWebhook: a receiver that fails, redirects, hangs up and hangs gets everything in the end, in order and signed.
func TestWebhook(t *testing.T) {
	h, o, text := posted(t)
	elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("a redirect was followed") }))
	defer elsewhere.Close()
	x := newReceiver(t, text, func(n int, w http.ResponseWriter, r *http.Request) {
		switch n {
		case 1, 2:
			w.WriteHeader(http.StatusInternalServerError)
		case 3:
			http.Redirect(w, r, elsewhere.URL, http.StatusTemporaryRedirect)
		case 4:
			w.Header().Set("Retry-After", "1234")
			w.WriteHeader(http.StatusServiceUnavailable)
		case 5:
			w.WriteHeader(http.StatusBadRequest)
			_, _ = w.Write(make([]byte, 1<<20)) // more than anybody wants to read
		case 6:
			<-r.Context().Done() // until the sender gives up
		case 7:
			c, _, err := w.(http.Hijacker).Hijack()
			if err != nil || c.Close() != nil {
				t.Error("the connection cannot be cut")
			}
		}
	})
	s, p := sender(t, o, x.server.URL+"/notices?token=hidden", text)
	s.client.Timeout = 200 * time.Millisecond
	h.news(10)
	h.catchUp(o)
	if s.Pending() != int64(len(h.all(2))) {
		t.Errorf("%d are pending", s.Pending())
	}
	stop := running(t, s)
	defer stop()
	want := h.all(2)
	x.wait(7 + len(want))
	h.news(10) // and what comes while it runs
	h.catchUp(o)
	more := h.all(2)
	x.wait(len(more) - len(want))
	for s.Sent() < uint64(len(more)) { // it has been answered, and is about to hear it
		runtime.Gosched()
	}
	stop()
	got := x.all()
	for _, id := range got[:7] {
		if id != want[0] {
			t.Errorf("%s came before %s was taken", id, want[0])
		}
	}
	if !slices.Equal(got[7:], more) {
		t.Errorf("it got %v, want %v", got[7:], more)
	}
	if s.Failures() != 7 || s.Sent() != uint64(len(more)) || s.Pending() != 0 || s.Gone() {
		t.Errorf("%d failures, %d sent, %d pending, gone %v", s.Failures(), s.Sent(), s.Pending(), s.Gone())
	}
	for i, d := range p.list {
		low, high := firstPause<<i/2, firstPause<<i
		if i == 3 {
			low, high = 1234*time.Second, 1234*time.Second
		}
		if d < low || d > high {
			t.Errorf("pause %d took %v, want %v to %v", i, d, low, high)
		}
	}
}

// TestSentTwice: a crash between sending and noting sends again, the same under the same id, and nothing is left out.
func TestSentTwice(t *testing.T) {
	h, o, text := posted(t)
	x := newReceiver(t, text, fine)
	s, _ := sender(t, o, x.server.URL, text)
	noted := filepath.Join(o.dir, sentFile)
	before, err := os.ReadFile(noted)
	if err != nil {
		t.Fatal(err)
	}
	h.news(10)
	h.catchUp(o)
	want := h.all(2)
	stop := running(t, s)
	x.wait(len(want))
	stop()
	o.Close()
	if err := os.WriteFile(noted, before, 0o600); err != nil {
		t.Fatal(err)
	}
	o = h.outbox(o.dir)
	defer o.Close()
	s, _ = sender(t, o, x.server.URL, text)
	h.news(4)
	h.catchUp(o)
	more := h.all(2)
	if s.Pending() != int64(len(more)) {
		t.Errorf("%d are pending, of %d", s.Pending(), len(more))
	}
	stop = running(t, s)
	x.wait(len(more))
	stop()
	if got := x.all(); !slices.Equal(got, append(want, more...)) {
		t.Errorf("it got %v, want %v and %v", got, want, more)
	}
}

// TestNewWebhook: a webhook that is new gets nothing of what was there before, and nothing is left out after a crash before the
// first.
func TestNewWebhook(t *testing.T) {
	h, o, text := posted(t)
	x := newReceiver(t, text, fine)
	sender(t, o, x.server.URL, text) // and a crash
	h.news(3)
	h.catchUp(o)
	s, _ := sender(t, o, x.server.URL, text)
	stop := running(t, s)
	x.wait(len(h.all(2)))
	stop()
	if got, want := x.all(), h.all(2); !slices.Equal(got, want) {
		t.Errorf("it got %v, want %v", got, want)
	}

	seen := len(x.all())
	later := h.outbox(t.TempDir())
	defer later.Close()
	h.news(4)
	h.catchUp(later)
	sender(t, later, x.server.URL, text)
	after := h.Durable() + 1
	h.news(4)
	h.catchUp(later)
	s, _ = sender(t, later, x.server.URL, text)
	stop = running(t, s)
	x.wait(len(h.all(after)))
	stop()
	if got, want := x.all()[seen:], h.all(after); len(want) == 0 || !slices.Equal(got, want) {
		t.Errorf("it got %v, want %v", got, want)
	}
}

// TestGone: a receiver that is gone for good is left alone until the next start, and gets the rest then.
func TestGone(t *testing.T) {
	h, o, text := posted(t)
	x := newReceiver(t, text, func(n int, w http.ResponseWriter, _ *http.Request) {
		if n == 2 {
			w.WriteHeader(http.StatusGone)
		}
	})
	s, p := sender(t, o, x.server.URL, text)
	h.news(4)
	h.catchUp(o)
	s.Run(t.Context())
	want := h.all(2)
	if got := x.all(); !slices.Equal(got, want[:2]) || !s.Gone() || len(p.list) != 0 {
		t.Fatalf("it got %v, gone %v, pauses %v", got, s.Gone(), p.list)
	}
	x.wait(2)
	s, _ = sender(t, o, x.server.URL, text)
	stop := running(t, s)
	x.wait(len(want) - 1)
	stop()
	if got := x.all(); !slices.Equal(got[2:], want[1:]) {
		t.Errorf("then it got %v, want %v", got[2:], want[1:])
	}
}

// TestKept: files stay for a webhook that is behind, however many they are.
func TestKept(t *testing.T) {
	h, o, text := posted(t)
	o.max = 1 << 10
	x := newReceiver(t, text, fine)
	s, _ := sender(t, o, x.server.URL, text)
	for range 20 {
		h.news(6)
		h.catchUp(o)
	}
	want := h.all(2)
	if files, err := older(o.dir); err != nil || len(files) <= keepFiles {
		t.Fatalf("%d files are left: %v", len(files), err)
	}
	stop := running(t, s)
	x.wait(len(want))
	stop()
	if got := x.all(); !slices.Equal(got, want) {
		t.Errorf("it got %v, want %v", got, want)
	}
	for range 3 {
		h.news(6)
		h.catchUp(o)
	}
	if files, err := older(o.dir); err != nil || len(files) != keepFiles {
		t.Errorf("%d files are left: %v", len(files), err)
	}
}

func TestNewHook(t *testing.T) {
	for address, why := range map[string]string{
		"https://example.com/notices": "", "https://example.com:8443/a?b=c": "", "http://127.0.0.1:1": "", "http://[::1]/x": "", "http://127.9.9.9/": "",
		"http://example.com/": "over https", "http://localhost/": "over https", "http://10.0.0.1/": "over https", "ftp://127.0.0.1/": "over https",
		"https://user:pass@example.com/": "user", "https://example.com/#a": "fragment", "example.com/x": "no address", "https:///x": "no address",
		"": "no address", "https:example.com": "no address", "http://127.0.0.1.example.com/": "over https", "https://exa mple.com": "no address",
	} {
		_, err := NewHook(address, secret.Bytes{})
		if (err == nil) != (why == "") || err != nil && !strings.Contains(err.Error(), why) {
			t.Errorf("%q: %v, want %q", address, err, why)
		}
		if err != nil && strings.Contains(err.Error(), "pass") && !strings.Contains(err.Error(), "password") {
			t.Errorf("%q: the password shows in %v", address, err)
		}
	}
}

func TestSecret(t *testing.T) {
	path := filepath.Join(t.TempDir(), "secret")
	made := NewSecret()
	if err := os.WriteFile(path, append(made.Reveal(), '\n'), 0o600); err != nil {
		t.Fatal(err)
	}
	key, err := ReadSecret(path)
	if err != nil || len(key.Reveal()) != 32 {
		t.Fatalf("%d bytes, %v", len(key.Reveal()), err)
	}
	if err := os.Chmod(path, 0o640); err != nil {
		t.Fatal(err)
	}
	if _, err := ReadSecret(path); err == nil || !strings.Contains(err.Error(), "chmod 600") {
		t.Errorf("a file that others can read: %v", err)
	}
	for _, text := range []string{"", "whsec_", "whsec_AAAA", strings.TrimPrefix(string(made.Reveal()), secretStart), string(made.Reveal()) + "=", "whsec_" + strings.Repeat("A", 88),
		"WHSEC_" + string(made.Reveal())[6:], "whsec_" + strings.Repeat("-", 43) + "="} {
		if _, err := ParseSecret(secret.New([]byte(text))); !errors.Is(err, ErrSecret) {
			t.Errorf("%q: %v", text, err)
		}
	}
	hook, err := NewHook("https://example.com", key)
	if err != nil {
		t.Fatal(err)
	}
	if text := fmt.Sprintf("%v %+v %#v", hook, hook, hook); strings.Contains(text, string(key.Reveal())) || strings.Contains(text, fmt.Sprint(key.Reveal())) {
		t.Errorf("the secret shows: %s", text)
	}
}
