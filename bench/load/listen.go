package load

import (
	"context"
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
		ws, _, err := websocket.Dial(ctx, target, nil)
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
