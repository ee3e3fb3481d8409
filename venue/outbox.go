package venue

import (
	"context"
	"sync"
	"time"

	"github.com/coder/websocket"
)

const (
	// maxOutbox is how many bytes may wait for one client: more than the events of one instruction come to.
	maxOutbox = 8 << 20
	// frameCost is what a waiting frame counts beside its bytes.
	frameCost = 64
	// writeWait is how long one frame may take to be taken by the client's machine.
	writeWait = 30 * time.Second
)

// outbox is what waits to be sent to one client. Whoever puts something in never waits; a client that lets too much gather
// is cut off, with the reason.
type outbox struct {
	wake chan struct{}

	mu    sync.Mutex
	queue [][]byte
	size  int
	over  bool // nothing more is taken; code and why say why
	code  websocket.StatusCode
	why   string
}

func newOutbox() *outbox { return &outbox{wake: make(chan struct{}, 1)} }

// put adds a frame. It is false when the client is, or is hereby, cut off.
func (o *outbox) put(frame []byte) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.over {
		return false
	}
	o.size += len(frame) + frameCost
	if o.size > maxOutbox {
		o.queue = nil
		o.finish(websocket.StatusPolicyViolation, "too slow: more was waiting than is kept; connect again and read faster")
		return false
	}
	o.queue = append(o.queue, frame)
	o.ring()
	return true
}

// end closes the connection once what waits is sent.
func (o *outbox) end(code websocket.StatusCode, why string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if !o.over {
		o.finish(code, why)
	}
}

func (o *outbox) finish(code websocket.StatusCode, why string) {
	o.over, o.code, o.why = true, code, why
	o.ring()
}

func (o *outbox) ring() {
	select {
	case o.wake <- struct{}{}:
	default:
	}
}

func (o *outbox) take() (frames [][]byte, over bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	frames, o.queue, o.size = o.queue, nil, 0
	return frames, o.over
}

// send empties the outbox into the connection until it is over. It closes the connection.
func (o *outbox) send(ws *websocket.Conn) {
	defer ws.CloseNow()
	for range o.wake {
		frames, over := o.take()
		for _, f := range frames {
			ctx, cancel := context.WithTimeout(context.Background(), writeWait)
			err := ws.Write(ctx, websocket.MessageText, f)
			cancel()
			if err != nil {
				o.end(websocket.StatusAbnormalClosure, "")
				return
			}
		}
		if over {
			_ = ws.Close(o.code, o.why)
			return
		}
	}
}
