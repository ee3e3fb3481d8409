package notice

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strconv"
	"sync/atomic"
	"time"

	"portcullis/internal/outward"
	"portcullis/internal/secret"
)

// Hook is a webhook: where notices are posted to, and the key that they are signed with.
type Hook struct {
	url *url.URL
	key *secret.Bytes // fmt looks into fields that are not exported, but not behind pointers
}

// NewHook checks where notices are to be posted: over https, or over http to this machine itself. The address must not have a
// user or password in it; it is never logged but for its host.
func NewHook(address string, key secret.Bytes) (Hook, error) {
	u, err := outward.Address(address, "notices go")
	if err != nil {
		return Hook{}, fmt.Errorf("webhook: %w", err)
	}
	return Hook{u, &key}, nil
}

// Bounds of one delivery, and of the pause between two tries.
const (
	postTime   = 15 * time.Second
	postBody   = 64 << 10 // of its answer, which is read for the connection's sake and forgotten
	firstPause = time.Second
	lastPause  = 5 * time.Minute
	maxPause   = time.Hour // that a receiver may ask for
)

// Sender posts what is in an outbox to a webhook, in order and one at a time, in the form of Standard Webhooks. What is not
// taken is tried again, with pauses that grow to five minutes, for as long as the venue runs, and goes on at its next start.
// A receiver that answers 410 Gone gets nothing more until then.
type Sender struct {
	out    *Outbox
	hook   Hook
	client *http.Client
	now    func() time.Time
	pause  func(context.Context, time.Duration) error

	pending  atomic.Int64 // notices that were there at first and are yet to be sent, less those sent that came since
	sent     atomic.Uint64
	failures atomic.Uint64
	gone     atomic.Bool
}

// NewSender makes a sender; there is one for an outbox. A webhook that is new gets what comes from now on.
func NewSender(o *Outbox, h Hook) (*Sender, error) {
	s := &Sender{out: o, hook: h, client: client(h), now: time.Now, pause: pause}
	o.mu.Lock()
	o.webhook = true
	sent, last, written := o.sent, o.last, o.count
	o.mu.Unlock()
	if sent == (ID{}) { // on disk even where nothing was written yet, or the first would be taken for sent after a crash
		sent = last
		if sent == (ID{}) {
			sent.Hash = noHash
		}
		if err := o.markSent(sent); err != nil {
			return nil, err
		}
	}
	n, err := countAfter(o.dir, sent)
	s.pending.Store(n - int64(written)) // #nosec G115 -- far below
	return s, err
}

// client is made for one receiver, and gives up in time.
func client(h Hook) *http.Client {
	c := outward.Client(h.url)
	c.Timeout = postTime
	return c
}

// countAfter is how many notices come after one.
func countAfter(dir string, after ID) (n int64, err error) {
	r := NewReader(dir, after)
	defer r.Close()
	for ; err == nil; n++ {
		_, _, err = r.Next()
	}
	if errors.Is(err, io.EOF) {
		err = nil
	}
	return n - 1, err
}

// Run sends until the context ends, or until the receiver says that it is gone for good.
func (s *Sender) Run(ctx context.Context) {
	defer s.client.CloseIdleConnections()
	s.out.mu.Lock()
	r := NewReader(s.out.dir, s.out.sent)
	s.out.mu.Unlock()
	defer r.Close()
	for ctx.Err() == nil && !s.gone.Load() {
		grown := s.out.more()
		n, line, err := r.Next()
		switch {
		case err == nil:
			s.deliver(ctx, &n, line)
		case errors.Is(err, io.EOF):
			select {
			case <-grown:
			case <-ctx.Done():
			}
		default:
			slog.Error("notices: the outbox cannot be read, and is tried again", "err", err)
			_ = s.pause(ctx, lastPause) // ends with the context, and so does the loop
		}
	}
}

// deliver posts one notice until it is taken.
func (s *Sender) deliver(ctx context.Context, n *Notice, line []byte) {
	body := payload(n, line)
	for try := 0; ; try++ {
		wish, err := s.post(ctx, n.ID.String(), body)
		if err == nil {
			s.took(ctx, n.ID)
			return
		}
		if ctx.Err() != nil {
			return
		}
		s.failures.Add(1)
		if s.gone.Load() {
			slog.Error("notices: the webhook says that it is gone for good (410), and gets nothing more until the venue is started anew",
				"host", s.hook.url.Host, "notice", n.ID)
			return
		}
		if try&(try-1) == 0 { // the 1st, 2nd, 3rd, 5th, 9th…
			slog.Warn("notices: the webhook did not take a notice; it is tried again, and the others wait", "host", s.hook.url.Host, "notice", n.ID,
				"tries", try+1, "err", err)
		}
		if s.pause(ctx, rest(try, wish)) != nil {
			return
		}
	}
}

// took notes that a notice was taken. Until the disk knows, it is not the turn of the next.
func (s *Sender) took(ctx context.Context, id ID) {
	s.sent.Add(1)
	for {
		err := s.out.markSent(id)
		if err == nil || s.pause(ctx, firstPause) != nil {
			return
		}
		slog.Error("notices: what the webhook took cannot be noted, and is tried again", "err", err)
	}
}

// payload is the body of a message: what Standard Webhooks wants, with the notice as its data.
func payload(n *Notice, line []byte) []byte {
	body, err := json.Marshal(struct {
		Type      Type            `json:"type"`
		Timestamp time.Time       `json:"timestamp"`
		Data      json.RawMessage `json:"data"`
	}{n.Type, n.Time, line})
	if err != nil {
		panic(err) // the line was read as JSON
	}
	return body
}

// post posts a message once. wish is for how long the receiver wants to be left alone.
func (s *Sender) post(ctx context.Context, id string, body []byte) (wish time.Duration, err error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, s.hook.url.String(), bytes.NewReader(body))
	if err != nil {
		return 0, err
	}
	at := s.now()
	for name, value := range map[string]string{
		"Content-Type": "application/json", "User-Agent": "portcullis", "webhook-id": id,
		"webhook-timestamp": strconv.FormatInt(at.Unix(), 10), "webhook-signature": sign(*s.hook.key, id, at, body),
	} {
		r.Header.Set(name, value)
	}
	a, err := s.client.Do(r)
	if err != nil {
		var wrapped *url.Error
		if errors.As(err, &wrapped) { // which has the whole address in it
			err = wrapped.Err
		}
		return 0, err
	}
	_, _ = io.Copy(io.Discard, io.LimitReader(a.Body, postBody)) // what does not come does not matter
	_ = a.Body.Close()
	switch {
	case a.StatusCode >= 200 && a.StatusCode < 300:
		return 0, nil
	case a.StatusCode == http.StatusGone:
		s.gone.Store(true)
	}
	// A redirect is a failure like any other: where it leads nobody has vouched for.
	seconds, _ := strconv.ParseUint(a.Header.Get("Retry-After"), 10, 31)
	return min(time.Duration(seconds)*time.Second, maxPause), fmt.Errorf("it answered %d %s", a.StatusCode, http.StatusText(a.StatusCode)) // #nosec G115 -- of 31 bits
}

// rest is how long to pause after a try, counted from 0: twice as long each time, up to a bound, and by chance up to half of that
// less, so that not all who wait come back at once. A receiver's wish for longer is heeded.
func rest(try int, wish time.Duration) time.Duration {
	d := min(firstPause<<min(try, 20), lastPause)
	return max(d/2+rand.N(d/2+1), wish) // #nosec G404 -- no secret
}

// pause waits, and gives the context's error where that ends first.
func pause(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Pending is how many notices are yet to be sent.
func (s *Sender) Pending() int64 {
	return max(s.pending.Load()+int64(s.out.Written())-int64(s.sent.Load()), 0) // #nosec G115 -- far below
}

// Failures is how many tries failed since the sender was made.
func (s *Sender) Failures() uint64 { return s.failures.Load() }

// Sent is how many notices were taken since the sender was made.
func (s *Sender) Sent() uint64 { return s.sent.Load() }

// Gone says that the receiver answered 410 Gone.
func (s *Sender) Gone() bool { return s.gone.Load() }

// more is closed when more was written than there was at the call.
func (o *Outbox) more() <-chan struct{} {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.grown
}

// markSent notes what the webhook took last.
func (o *Outbox) markSent(id ID) error {
	if err := save(o.path(sentFile), id); err != nil {
		return fmt.Errorf("notice: %w", err)
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	o.sent = id
	return nil
}
