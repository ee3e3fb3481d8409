package node

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"strings"
	"sync"
	"testing"

	"portcullis/wallet/coin"
)

// socket is a server that reads whole requests, counts them, and then does what it is told with the connection.
type socket struct {
	URL   string
	drain func() // waits until all clients are gone

	mu  sync.Mutex
	all []string
}

func listen(t *testing.T, then func(n int, c *net.TCPConn, request string)) *socket {
	t.Helper()
	s := &socket{}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var open sync.WaitGroup
	serve := func(c *net.TCPConn) {
		defer c.Close()
		from := bufio.NewReader(c)
		for {
			if _, err := from.Peek(1); err != nil {
				return
			}
			body := "cut"
			r, err := http.ReadRequest(from)
			if err == nil {
				b, _ := io.ReadAll(r.Body)
				body = string(b)
			}
			s.mu.Lock()
			s.all = append(s.all, body)
			n := len(s.all)
			s.mu.Unlock()
			if err != nil {
				return
			}
			then(n, c, body)
		}
	}
	open.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			open.Go(func() { serve(c.(*net.TCPConn)) })
		}
	})
	s.URL = "http://" + l.Addr().String() + "/"
	s.drain = func() { l.Close(); open.Wait() }
	t.Cleanup(s.drain)
	return s
}

// requests are the bodies that came so far; "cut" where a request began and did not end.
func (s *socket) requests() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.all
}

func reply(c net.Conn, request string) {
	var q struct {
		ID int `json:"id"`
	}
	json.Unmarshal([]byte(request), &q)
	body := fmt.Sprintf(`{"result":null,"error":null,"id":%d}`, q.ID)
	fmt.Fprintf(c, "HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s", len(body), body)
}

func reset(c *net.TCPConn) {
	c.SetLinger(0)
	c.Close()
}

// TestNeverTwice: a server that reads a request and then resets the connection, or ends it, sees that request once: on a
// new connection and on one that was used before, which is where transports like to try again.
func TestNeverTwice(t *testing.T) {
	for name, cut := range map[string]func(c *net.TCPConn){
		"reset": reset,
		"ended": func(c *net.TCPConn) { c.Close() },
		"half an answer": func(c *net.TCPConn) {
			io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{")
			reset(c)
		},
	} {
		for good := range 3 {
			s := listen(t, func(n int, c *net.TCPConn, request string) {
				if n <= good {
					reply(c, request)
					return
				}
				cut(c)
			})
			c := client(t, s.URL)
			for range good {
				if err := c.Call(t.Context(), "uptime", nil); err != nil {
					t.Fatal(err)
				}
			}
			if r := c.Send(t.Context(), rawTx); r.Outcome != coin.Unknown {
				t.Errorf("%s after %d: %+v", name, good, r)
			}
			if n := len(s.requests()); n != good+1 {
				t.Errorf("%s after %d good calls: %d requests", name, good, n)
			}
			c.Close()
		}
	}
}

// TestIdleEnded: a connection that the node gave up while it was idle costs at most an answer, never a second request.
func TestIdleEnded(t *testing.T) {
	ended := make(chan struct{}, 100)
	s := listen(t, func(_ int, c *net.TCPConn, request string) {
		reply(c, request)
		c.Close()
		ended <- struct{}{}
	})
	c := client(t, s.URL)
	for i := range 20 {
		err := c.Call(t.Context(), "uptime", nil)
		if err == nil {
			<-ended
		} else if e := err.(*Error); !e.NotDone {
			t.Logf("call %d: %v", i, err)
		}
		if n := len(s.requests()); n > i+1 {
			t.Fatalf("%d requests for %d calls", n, i+1)
		}
	}
}

func TestUnreachable(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	c := client(t, "http://"+l.Addr().String()+"/")
	l.Close()
	if r := c.Send(t.Context(), rawTx); r.Outcome != coin.Unsent || !strings.Contains(r.Reason, "refused") {
		t.Errorf("%+v", r)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	s := listen(t, func(int, *net.TCPConn, string) {})
	if r := client(t, s.URL).Send(ctx, rawTx); r.Outcome != coin.Unsent || len(s.requests()) != 0 {
		t.Errorf("%+v", r)
	}
}

// TestSilent: who gives up waiting for an answer knows nothing.
func TestSilent(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	s := listen(t, func(int, *net.TCPConn, string) { cancel() })
	if r := client(t, s.URL).Send(ctx, rawTx); r.Outcome != coin.Unknown || len(s.requests()) != 1 {
		t.Errorf("%+v, %d requests", r, len(s.requests()))
	}
}

// TestUnsentIsUnsent gives calls up at every moment. Of none that is said to be certainly not done does the server ever
// see a byte.
func TestUnsentIsUnsent(t *testing.T) {
	s := listen(t, func(_ int, c *net.TCPConn, request string) { reply(c, request) })
	c := client(t, s.URL)
	var done, unknown int
	var unsent []string
	for i := range 600 {
		ctx, cancel := context.WithCancel(t.Context())
		gone := make(chan struct{})
		go func() {
			defer close(gone)
			x := 0
			for range i * 400 { // a delay that differs from call to call
				x++
			}
			cancel()
		}()
		name := fmt.Sprintf("call%d", i)
		switch err := c.Call(ctx, name, nil); {
		case err == nil:
			done++
		case err.(*Error).NotDone:
			unsent = append(unsent, `"`+name+`"`)
		default:
			unknown++
		}
		<-gone
	}
	c.Close()
	s.drain()
	t.Logf("%d done, %d certainly not, %d unknown", done, len(unsent), unknown)
	if n := len(s.requests()); n > done+unknown || n < done {
		t.Errorf("%d requests, whole or not; %d were done, and of %d nobody knows", n, done, unknown)
	}
	seen := strings.Join(s.requests(), "\n")
	for _, name := range unsent {
		if strings.Contains(seen, name) {
			t.Errorf("%s was certainly not done, and arrived", name)
		}
	}
}

// late is a transport that fails a call, and would write to its connection afterwards.
type late struct {
	t    *testing.T
	line *line
}

func (l late) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.GetBody != nil || r.Header.Get("Idempotency-Key") != "" || r.Header.Get("X-Idempotency-Key") != "" {
		l.t.Error("a transport may write this request a second time")
	}
	httptrace.ContextClientTrace(r.Context()).GotConn(httptrace.GotConnInfo{Conn: l.line, Reused: true})
	return nil, errors.New("something went wrong")
}

// stubborn is a connection that takes bytes even after it was closed.
type stubborn struct {
	net.Conn
	got bytes.Buffer
}

func (s *stubborn) Write(b []byte) (int, error) { return s.got.Write(b) }
func (s *stubborn) Close() error                { return nil }

// TestLate: what is said to be certainly not done is not written later either. What an earlier call wrote to the same
// connection does not count.
func TestLate(t *testing.T) {
	var conn stubborn
	used := &line{Conn: &conn}
	used.Write([]byte("an earlier call"))
	c := client(t, "http://127.0.0.1:1/")
	c.http.Transport = late{t, used}
	if r := c.Send(t.Context(), rawTx); r.Outcome != coin.Unsent {
		t.Errorf("%+v", r)
	}
	if n, err := used.Write([]byte("x")); n != 0 || err == nil || conn.got.String() != "an earlier call" {
		t.Errorf("%d, %v: %q was written", n, err, conn.got.String())
	}
}

// TestLine: whoever is in the middle of writing is let go, and what he wrote counts.
func TestLine(t *testing.T) {
	ours, theirs := net.Pipe()
	l := &line{Conn: ours}
	stuck := make(chan struct{})
	go func() { defer close(stuck); l.Write([]byte("xy")) }()
	io.ReadFull(theirs, make([]byte, 1)) // of two
	if l.shut() {
		t.Error("something was written")
	}
	<-stuck
}
