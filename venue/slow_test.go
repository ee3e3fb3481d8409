package venue

import (
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"

	"portcullis/venue/backlog"

	"github.com/coder/websocket"
)

// TestQuestionsWait: who does not read the answers is asked for no more questions, until some are read or it is over.
func TestQuestionsWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := newOutbox(backlog.New(backlog.Limit))
		o.put(make([]byte, maxUnread))
		asked := make(chan bool, 1)
		ask := func() {
			go func() { asked <- o.ease() }()
			synctest.Wait()
			if len(asked) != 0 {
				t.Error("a question is read though too many answers wait")
			}
		}
		ask()
		frames, _ := o.take()
		o.mu.Lock()
		o.count(-len(frames[0]) - frameCost)
		o.mu.Unlock()
		if !<-asked {
			t.Error("over")
		}
		o.put(make([]byte, maxUnread))
		ask()
		o.end(websocket.StatusNormalClosure, "")
		if <-asked {
			t.Error("not over")
		}
	})
}

// TestUnreadAnswers: over a connection that holds nothing, the venue is never more than a few answers ahead of its client,
// who gets them all.
func TestUnreadAnswers(t *testing.T) {
	const questions = 3000
	h := newHouse(t, func(c *Config) { c.Limits.WeightMinute = 1 << 30 })
	s := h.pipe()
	go func() {
		for range questions {
			if s.ws.Write(s.ctx, websocket.MessageText, []byte(`{"id":1,"method":"exchangeInfo"}`)) != nil {
				return
			}
		}
	}()
	room := h.streams.Backlog()
	until(t, "answers wait", func() bool { return room.Used() > maxUnread })
	all := 0
	for i := range questions {
		_, text, err := s.ws.Read(s.ctx)
		if err != nil {
			t.Fatalf("after %d answers: %v", i, err)
		}
		all += len(text)
		if used := room.Used(); used > int64(maxUnread+2*len(text)) {
			t.Fatalf("%d bytes wait, though the client has read only %d answers", used, i)
		}
	}
	if all < maxOutbox {
		t.Errorf("%d bytes in all show nothing", all)
	}
}

// TestPressedOutbox: when too much waits for all, a client with much waiting is cut off, and what it held is let go of.
func TestPressedOutbox(t *testing.T) {
	room := backlog.New(1 << 20)
	o := newOutbox(room)
	if !o.put(make([]byte, 32<<10)) {
		t.Error("cut off though there is room")
	}
	room.Add(1 << 19) // others'
	if o.put(make([]byte, 16<<10)) {
		t.Error("not cut off")
	}
	if room.Used() != 1<<19 || o.ctx.Err() == nil {
		t.Errorf("%d bytes are counted, context %v", room.Used(), o.ctx.Err())
	}
	if slow, pressed := room.Dropped(); slow != 0 || pressed != 1 {
		t.Errorf("%d, %d", slow, pressed)
	}
}

// TestBannedHangUp: who is banned is told so, and the connection ends, or refusing would be all that is done.
func TestBannedHangUp(t *testing.T) {
	h := newHouse(t, func(c *Config) { c.Limits.WeightMinute = 10 })
	h.clock.Set(start + minute)
	s := h.dial("")
	var last wsAnswer
	for range 9 + patience {
		last = s.send(`{"id":1,"method":"ping"}`)
	}
	if last.Status != 418 || last.code() != -1003 {
		t.Errorf("%+v", last)
	}
	if _, _, err := s.ws.Read(s.ctx); websocket.CloseStatus(err) != websocket.StatusPolicyViolation {
		t.Errorf("%v", err)
	}
	r, err := http.Get(h.server.URL + "/api/v3/ping")
	if err != nil {
		t.Fatal(err)
	}
	if a := read(t, r); a.status != 418 || !r.Close {
		t.Errorf("%d, and the connection is to be closed: %t", a.status, r.Close)
	}
}

// TestLimitedPages: what stands beside the API counts as much, and who is banned sees none of it.
func TestLimitedPages(t *testing.T) {
	h := newHouse(t, func(c *Config) { c.Limits.WeightMinute = 1 })
	h.clock.Set(start + minute)
	seen := 0
	page := h.venue.Limited(func(http.ResponseWriter, *http.Request) { seen++ })
	var got []int
	for range patience + 2 {
		r := httptest.NewRequest("GET", "/", nil)
		w := httptest.NewRecorder()
		page(w, r)
		got = append(got, w.Code)
	}
	if seen != 1 || got[0] != 200 || got[1] != 429 || got[patience+1] != 418 {
		t.Errorf("seen %d times, %v", seen, got)
	}
}

// TestPings: pings have no weight, and are few.
func TestPings(t *testing.T) {
	h := newHouse(t)
	s := h.dial("")
	go func() {
		for s.ws.Ping(s.ctx) == nil {
		}
	}()
	if _, _, err := s.ws.Read(s.ctx); websocket.CloseStatus(err) != websocket.StatusPolicyViolation {
		t.Errorf("%v", err)
	}
}

// pipe is a connection to the WebSocket API that holds nothing that was not read.
func (h *house) pipe() *socket {
	h.t.Helper()
	l := make(pipes)
	s := &http.Server{Handler: h.venue.Handler()}
	go func() { _ = s.Serve(l) }()
	h.t.Cleanup(func() { close(l) })
	client := &http.Client{Transport: &http.Transport{DialContext: func(context.Context, string, string) (net.Conn, error) {
		here, there := net.Pipe()
		l <- addressed{there}
		return here, nil
	}}}
	ctx, cancel := context.WithTimeout(context.Background(), within)
	h.t.Cleanup(cancel)
	ws, _, err := websocket.Dial(ctx, "ws"+strings.TrimPrefix(h.server.URL, "http")+"/ws-api/v3", &websocket.DialOptions{HTTPClient: client})
	if err != nil {
		h.t.Fatal(err)
	}
	h.t.Cleanup(func() { ws.CloseNow() })
	ws.SetReadLimit(1 << 20)
	return &socket{h: h, ws: ws, ctx: ctx}
}

// pipes is a listener for the ends of pipes.
type pipes chan net.Conn

func (l pipes) Accept() (net.Conn, error) {
	if c, ok := <-l; ok {
		return c, nil
	}
	return nil, net.ErrClosed
}
func (l pipes) Close() error   { return nil }
func (l pipes) Addr() net.Addr { return &net.UnixAddr{} }

// addressed is a pipe that has an address, as a client has.
type addressed struct{ net.Conn }

func (addressed) RemoteAddr() net.Addr { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 1} }
