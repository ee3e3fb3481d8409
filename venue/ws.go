package venue

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"portcullis/dialect/binance"

	"github.com/coder/websocket"
)

const (
	pingEvery = 20 * time.Second
	pongWait  = 60 * time.Second
	maxAge    = 24 * time.Hour // of a connection
)

// serveWS serves one connection of the WebSocket API.
func (v *Venue) serveWS(w http.ResponseWriter, r *http.Request) {
	s := &session{
		v: v, out: newOutbox(v.streams.Backlog()), addr: ClientAddr(r, v.proxies), client: fingerprint(r), limits: true,
		since: v.engine.Now(), subs: map[int64]*subscription{},
	}
	leave, err := v.admit(s, r)
	if err != nil {
		v.metrics.refused(err)
		writeError(w, err)
		return
	}
	defer leave()
	if !v.begin() {
		writeError(w, binance.ErrShuttingDown())
		return
	}
	defer v.sessions.Done()
	v.metrics.sessions.Inc()
	defer v.metrics.sessions.Dec()
	// Any page may connect: nothing here rests on what a browser sends along by itself.
	ws, bad := websocket.Accept(w, r, &websocket.AcceptOptions{
		InsecureSkipVerify: true, CompressionMode: websocket.CompressionDisabled,
		OnPingReceived: func(context.Context, []byte) bool { return s.beat() },
		OnPongReceived: func(context.Context, []byte) { s.beat() },
	})
	if bad != nil {
		return // Accept has answered
	}
	ws.SetReadLimit(binance.MaxWSRequestBytes)
	ctx, cancel := context.WithTimeout(context.Background(), maxAge)
	defer cancel()
	go s.out.send(ws) // #nosec G118 -- it lives as long as the socket, which a request's context does not
	go s.tend(ctx, ws)
	stop := context.AfterFunc(v.closing, s.shutDown)
	defer stop()
	s.listen(ctx, ws)
	s.hangUp(ctx)
}

// admit counts a connection against its address, and reads what its client wants of it.
func (v *Venue) admit(s *session, r *http.Request) (leave func(), err *binance.Error) {
	q := r.URL.Query()
	c := call{}
	if err := c.timeUnit(q.Get("timeUnit")); err != nil {
		return nil, err
	}
	s.micros = c.micros
	if text := q.Get("returnRateLimits"); text != "" {
		if s.limits, _ = strconv.ParseBool(text); !s.limits && text != "false" {
			return nil, binance.ErrInvalidData("returnRateLimits", "It is 'true' or 'false'.")
		}
	}
	if err := v.limits.connect(s.since, s.addr); err != nil {
		return nil, err
	}
	if _, err := v.limits.weigh(s.since, s.addr, binance.WSConnectWeight); err != nil {
		v.limits.leave(s.addr)
		return nil, err
	}
	return func() { v.limits.leave(s.addr) }, nil
}

// writeError answers a request that is not upgraded.
func writeError(w http.ResponseWriter, e *binance.Error) {
	if e.RetryAfter > 0 {
		w.Header().Set("Retry-After", strconv.FormatInt(e.RetryAfter, 10))
	}
	w.Header().Set("Content-Type", "application/json;charset=UTF-8")
	w.WriteHeader(e.Status)
	_, _ = w.Write(e.AppendJSON(nil)) // #nosec G705 -- JSON, with its markup escaped, under a type that no browser shows as a page
}

// listen answers the client's requests until there are no more.
func (s *session) listen(ctx context.Context, ws *websocket.Conn) {
	for s.out.ease() {
		kind, frame, err := ws.Read(ctx)
		if err != nil {
			return
		}
		if kind != websocket.MessageText {
			s.out.end(websocket.StatusUnsupportedData, "requests are text frames with JSON")
			return
		}
		answered := s.answer(ctx, frame)
		if answered != nil {
			answered()
		}
	}
}

// beat counts a ping or pong of the client, which have no weight. It is called while the client's frames are read.
func (s *session) beat() bool {
	if !s.pace.Keep(s.v.engine.Now()) {
		s.out.end(websocket.StatusPolicyViolation, "too many pings: a client may send 5 pings and pongs a second")
		return false
	}
	return true
}

// tend asks the client for a sign of life now and then, and ends the connection where none comes; and it ends
// subscriptions whose key has died.
func (s *session) tend(ctx context.Context, ws *websocket.Conn) {
	beat := time.NewTicker(pingEvery)
	defer beat.Stop()
	for {
		revoked := s.v.watch.revocation()
		s.endRevoked()
		select {
		case <-revoked:
			continue
		case <-beat.C:
		case <-ctx.Done():
			return
		}
		if s.out.busy() {
			continue // the ping would wait behind it; and writes have a limit of their own
		}
		alive, cancel := context.WithTimeout(ctx, pongWait)
		err := ws.Ping(alive)
		cancel()
		if err != nil {
			s.out.end(websocket.StatusPolicyViolation, "no answer to a ping")
			return
		}
	}
}

// shutDown tells the client that the venue stops, and ends the connection.
func (s *session) shutDown() {
	s.out.put(binance.AppendWSShutdown(nil, &binance.ServerShutdown{EventTime: s.now()}))
	s.out.end(websocket.StatusGoingAway, "the venue is stopping; connect again")
}

// hangUp ends what the connection held.
func (s *session) hangUp(ctx context.Context) {
	s.mu.Lock()
	for _, sub := range s.subs {
		sub.end()
	}
	s.mu.Unlock()
	if ctx.Err() != nil {
		s.out.end(websocket.StatusGoingAway, "a connection lasts 24 hours; connect again")
	}
	s.out.end(websocket.StatusNormalClosure, "")
}

// answer answers one frame. What it returns is to be done once the answer is on its way.
func (s *session) answer(ctx context.Context, frame []byte) (answered func()) {
	began := time.Now()
	req, bad := binance.ParseWSRequest(frame)
	c := call{ctx: ctx, params: &req.Params, addr: s.addr, client: s.client, micros: s.micros}
	reply, limits, err := s.serve(&c, &req, bad)
	now := s.v.engine.Now().Milli()
	var out []byte
	switch r := reply.(type) {
	case *binance.CancelReplace:
		out = binance.AppendWSCancelReplace(nil, req.ID, r, limits)
	case nil:
		out = binance.AppendWSError(nil, req.ID, err, now, limits)
	default:
		out = binance.AppendWSResult(nil, req.ID, r, limits)
	}
	s.out.put(out)
	if err != nil && err.Status == http.StatusTeapot {
		s.out.end(websocket.StatusPolicyViolation, "this address is banned for some time: too many requests past the limit")
	}
	s.v.metrics.refused(err)
	s.v.metrics.served("ws", wsName(c.route), statusOf(reply, err), began)
	return c.answered
}

func wsName(r *binance.Route) string {
	if r == nil {
		return unknownRoute
	}
	return r.WS
}

// serve finds the method, takes its weight, finds out who asks, and lets the call be answered. limits is what is used.
func (s *session) serve(c *call, req *binance.WSRequest, bad *binance.Error) (reply, []binance.RateLimit, *binance.Error) {
	weight := 1
	if bad == nil {
		if route, ok := binance.FindMethod(req.Method); ok {
			c.route, weight = route, route.Weight(c.params)
		} else {
			bad = binance.ErrUnsupported("There is no such method on this venue.")
		}
	}
	used, err := s.v.limits.weigh(s.v.engine.Now(), s.addr, weight)
	var answer reply
	tell := s.limits
	if err == nil {
		err = bad
	}
	if err == nil {
		tell, err = c.params.OptBool("returnRateLimits", s.limits)
	}
	if err == nil {
		answer, err = s.handle(c)
	}
	if err != nil {
		answer = nil
	}
	if !tell {
		return answer, nil, err
	}
	return answer, s.v.limits.told(used, c.counts), err
}

// handle answers a call whose weight was taken.
func (s *session) handle(c *call) (reply, *binance.Error) {
	key, err := c.params.OptStr("apiKey", "")
	if err != nil {
		return nil, err
	}
	c.apiKey = key
	switch {
	case c.route.Security.Signed():
		err = s.authenticate(c)
	case c.route.Security == binance.SecStream && c.route.Path != "":
		err = s.identify(c)
	}
	if err != nil {
		return nil, err
	}
	if own := sessionHandlers[c.route.WS]; own != nil {
		return own(s, c)
	}
	_, handle := findREST(c.route.Method, c.route.Path)
	return handle(s.v, c)
}
