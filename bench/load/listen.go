package load

import (
	"context"
	"net"
	"net/http"
	"net/url"
	"runtime"
	"strings"
	"sync"

	"github.com/coder/websocket"
)

// listen opens the streams. What it returns closes them and counts what was heard.
func listen(ctx context.Context, o *Options, t *tally) (hang func()) {
	if o.Streams+o.Slow == 0 {
		return func() {}
	}
	ctx, cancel := context.WithCancel(ctx)
	symbol := strings.ToLower(o.Symbol)
	target := "ws" + strings.TrimPrefix(o.URL, "http") + "/stream?streams=" + symbol + "@trade/" + symbol + "@depth@100ms/" + symbol + "@bookTicker"
	var wg sync.WaitGroup
	var conns []*websocket.Conn
	for i := range o.Streams + o.Slow {
		ws, _, err := websocket.Dial(ctx, target, &websocket.DialOptions{HTTPClient: listener(o.URL, i)})
		if err != nil {
			t.heard(func(s *Streams) { s.Failed++ })
			continue
		}
		ws.SetReadLimit(maxAnswer)
		conns = append(conns, ws)
		t.heard(func(s *Streams) { s.Open++ })
		if i < o.Streams {
			wg.Go(func() { hear(ctx, ws, t) })
		}
	}
	return func() {
		cancel()
		for _, ws := range conns {
			_ = ws.CloseNow()
		}
		wg.Wait()
	}
}

// perAddr is how many streams come from one address: fewer than a venue lets one have.
const perAddr = 250

// listener is the client of stream i. On this machine each may have another address, as listeners of a real venue have.
func listener(base string, i int) *http.Client {
	d := &net.Dialer{}
	if u, err := url.Parse(base); err == nil && runtime.GOOS == "linux" && strings.HasPrefix(u.Hostname(), "127.") {
		n := i/perAddr + 1
		d.LocalAddr = &net.TCPAddr{IP: net.IPv4(127, 0, byte(n), 1)} // a network each
	}
	return &http.Client{Transport: &http.Transport{DialContext: d.DialContext, DisableKeepAlives: true}}
}

// hear reads a stream until it ends.
func hear(ctx context.Context, ws *websocket.Conn, t *tally) {
	for {
		_, _, err := ws.Read(ctx)
		if err != nil {
			if ctx.Err() == nil {
				t.heard(func(s *Streams) { s.Ended++ })
			}
			return
		}
		t.heard(func(s *Streams) { s.Events++ })
	}
}

func (t *tally) heard(count func(*Streams)) {
	t.mu.Lock()
	defer t.mu.Unlock()
	count(&t.listens)
}
