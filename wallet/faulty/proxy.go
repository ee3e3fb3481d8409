package faulty

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync"
	"time"
)

// Sizes in bytes of what a client may ask and a node answer.
const (
	maxAsked  = 16 << 20
	maxAnswer = 64 << 20
)

// Counts are how many calls of a method there were.
type Counts struct {
	Asked    int // that clients made
	Passed   int // that the node was asked, of these
	Answered int // that got an answer, the node's or another
}

// Proxy stands before one node.
type Proxy struct {
	node   string
	server http.Server
	url    string
	http   http.Client
	closed context.Context
	close  context.CancelFunc

	mu       sync.Mutex // of what follows
	schedule Schedule
	turns    map[string]int // calls of each method under this schedule
	counts   map[string]*Counts
	underway map[string]int
}

// Start starts a proxy on the loopback, before the node at a URL. All calls pass until Set.
func Start(node string) (*Proxy, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	p := &Proxy{node: node, url: "http://" + l.Addr().String() + "/", counts: map[string]*Counts{}, underway: map[string]int{}}
	p.Set(InTurn())
	p.closed, p.close = context.WithCancel(context.Background())
	p.http.Transport = &http.Transport{DisableKeepAlives: true} // a connection for each call: nothing is ever tried again
	p.server.Handler = p
	p.server.ReadHeaderTimeout = time.Minute
	go p.server.Serve(l) // ends with Close
	return p, nil
}

// URL is where clients find the node behind the proxy. The user and the password are the node's.
func (p *Proxy) URL() string { return p.url }

// Set puts a schedule in force, which counts calls from 1 again. Counts goes on.
func (p *Proxy) Set(s Schedule) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.schedule, p.turns = s, map[string]int{}
}

// Counts is how many calls of a method there were so far.
func (p *Proxy) Counts(method string) Counts {
	p.mu.Lock()
	defer p.mu.Unlock()
	return *p.of(method)
}

// Underway is how many calls of a method the node is being asked now, or may be yet, though their clients may have given up.
func (p *Proxy) Underway(method string) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.underway[method]
}

// Close ends the proxy and all connections. Clients that still wait get no answer.
func (p *Proxy) Close() error {
	p.close()
	return p.server.Close()
}

// of is called with mu held.
func (p *Proxy) of(method string) *Counts {
	if p.counts[method] == nil {
		p.counts[method] = &Counts{}
	}
	return p.counts[method]
}

func (p *Proxy) count(method string, change func(c *Counts)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	change(p.of(method))
}

// ServeHTTP takes one call.
func (p *Proxy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(io.LimitReader(r.Body, maxAsked))
	if err != nil {
		return // the client is gone
	}
	var call struct {
		Method string          `json:"method"`
		ID     json.RawMessage `json:"id"`
	}
	json.Unmarshal(body, &call) // what is no call passes under an empty name
	f := p.fault(call.Method)
	answer := &answer{status: f.status, body: f.says(call.ID)}
	node, err := p.forward(f, call.Method, r, body)
	switch {
	case f.does != passes:
	case err != nil: // as the client would see it without us
		abort(w)
		return
	default:
		answer = node
	}
	switch f.does {
	case loses:
		p.keep(r, f.lost)
		abort(w)
		return
	case resets:
		abort(w)
		return
	}
	p.count(call.Method, func(c *Counts) { c.Answered++ }) // before its client can look
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(answer.status)
	w.Write(answer.body)
}

// fault counts a call and says what becomes of it.
func (p *Proxy) fault(method string) Fault {
	p.mu.Lock()
	p.of(method).Asked++
	p.underway[method]++
	p.turns[method]++
	n, schedule := p.turns[method], p.schedule
	p.mu.Unlock()
	return schedule(method, n)
}

type answer struct {
	status int
	body   []byte
}

// says is the fault's own answer.
func (f Fault) says(id json.RawMessage) []byte {
	if f.code == 0 {
		return []byte(f.text)
	}
	if len(id) == 0 {
		id = json.RawMessage("null")
	}
	text, _ := json.Marshal(f.text) // any text has a form
	return fmt.Appendf(nil, `{"result":null,"error":{"code":%d,"message":%s},"id":%s}`, f.code, text, id)
}

var errClosed = errors.New("the proxy was closed")

// forward asks the node what the fault lets through.
func (p *Proxy) forward(f Fault, method string, r *http.Request, body []byte) (*answer, error) {
	defer p.count(method, func(*Counts) { p.underway[method]-- })
	switch {
	case !f.forward:
		return nil, nil
	case !p.wait(f.delay):
		return nil, errClosed
	}
	p.count(method, func(c *Counts) { c.Passed++ })
	return p.ask(r, body)
}

// wait lets a time pass; false if the proxy was closed meanwhile.
func (p *Proxy) wait(d time.Duration) bool {
	if d == 0 {
		return true
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-p.closed.Done():
		return false
	}
}

// keep keeps an answer back, until its client gives up or the time is over. Close ends connections, and so this.
func (p *Proxy) keep(r *http.Request, d time.Duration) {
	if d == 0 {
		<-r.Context().Done()
		return
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-r.Context().Done():
	}
}

// ask asks the node, once, whether or not the client still waits.
func (p *Proxy) ask(r *http.Request, body []byte) (*answer, error) {
	req, err := http.NewRequestWithContext(p.closed, r.Method, p.node, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	req.GetBody = nil
	req.Header.Set("Authorization", r.Header.Get("Authorization"))
	resp, err := p.http.Do(req) // #nosec G704 -- to the node that Start was given, whatever the request says
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	if err != nil {
		return nil, err
	}
	return &answer{resp.StatusCode, text}, nil
}

// abort ends the client's connection at once, as a machine does that has lost power or a balancer that restarts.
func abort(w http.ResponseWriter) {
	conn, _, err := w.(http.Hijacker).Hijack()
	if err != nil {
		return // closed by the client
	}
	if tcp, ok := conn.(*net.TCPConn); ok {
		tcp.SetLinger(0) // a reset, not an end in order
	}
	conn.Close()
}
