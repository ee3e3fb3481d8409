package venue

import (
	"context"
	"errors"
	"sync"
	"time"

	"portcullis/venue/backlog"

	"github.com/coder/websocket"
)

const (
	// maxOutbox is how many bytes may wait for one client: more than the events of one instruction come to.
	maxOutbox = 8 << 20
	// maxUnread is how many bytes may wait before the client's next request is read: who does not read the answers is asked
	// for no more questions.
	maxUnread = 256 << 10
	// frameCost is what a waiting frame counts beside its bytes.
	frameCost = 64
	// writeWait is how long one frame may take to be taken by the client's machine.
	writeWait = 30 * time.Second
)

// outbox is what waits to be sent to one client. Whoever puts something in never waits; a client that lets too much gather
// is cut off, with the reason.
type outbox struct {
	room *backlog.Budget // of all connections
	wake chan struct{}
	ctx  context.Context // ends when what waits must not be waited for any more
	cut  context.CancelFunc

	mu    sync.Mutex
	eased *sync.Cond // of mu: size fell, or it is over
	queue [][]byte
	size  int  // of what is not yet written, the frames in the sender's hands included
	over  bool // nothing more is taken; code and why say why
	gone  bool // what waits is not sent any more
	code  websocket.StatusCode
	why   string
}

func newOutbox(room *backlog.Budget) *outbox {
	o := &outbox{room: room, wake: make(chan struct{}, 1)}
	o.ctx, o.cut = context.WithCancel(context.Background())
	o.eased = sync.NewCond(&o.mu)
	return o
}

// put adds a frame. It is false when the client is, or is hereby, cut off.
func (o *outbox) put(frame []byte) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.over {
		return false
	}
	o.count(len(frame) + frameCost)
	o.queue = append(o.queue, frame)
	switch {
	case o.size > maxOutbox:
		o.room.Slow()
		o.drop("too slow: more was waiting than is kept; connect again and read faster")
		return false
	case !o.room.Fits(o.size):
		o.room.Pressed()
		o.drop("too slow: too much waits for all connections together; connect again and read faster")
		o.cut() // what the client's machine does not take holds memory: there is no time for a farewell
		return false
	}
	o.ring()
	return true
}

// count counts bytes in, or out; o.mu is held.
func (o *outbox) count(n int) {
	o.size += n
	o.room.Add(n)
	if n < 0 {
		o.eased.Broadcast()
	}
}

// drop forgets what waits and ends the connection; o.mu is held.
func (o *outbox) drop(why string) {
	o.forget()
	o.gone = true
	o.finish(websocket.StatusPolicyViolation, why)
}

// forget takes out what nobody will send; o.mu is held.
func (o *outbox) forget() {
	for _, f := range o.queue {
		o.count(-len(f) - frameCost)
	}
	o.queue = nil
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
	o.eased.Broadcast()
	o.ring()
}

func (o *outbox) ring() {
	select {
	case o.wake <- struct{}{}:
	default:
	}
}

// ease waits until little enough waits that more may be asked for; it is false when the connection is over.
func (o *outbox) ease() bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	for o.size > maxUnread && !o.over {
		o.eased.Wait()
	}
	return !o.over
}

// busy says whether anything waits.
func (o *outbox) busy() bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.size > 0
}

func (o *outbox) take() (frames [][]byte, over bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	frames, o.queue = o.queue, nil
	return frames, o.over
}

// send empties the outbox into the connection until it is over. It closes the connection.
func (o *outbox) send(ws *websocket.Conn) {
	defer ws.CloseNow()
	defer o.cut()
	for range o.wake {
		frames, over := o.take()
		for _, f := range frames {
			o.write(ws, f)
		}
		if over {
			_ = ws.Close(o.code, o.why)
			return
		}
	}
}

// write sends a frame, unless that is pointless by now.
func (o *outbox) write(ws *websocket.Conn, frame []byte) {
	o.mu.Lock()
	gone := o.gone
	o.mu.Unlock()
	var err error
	if !gone {
		ctx, cancel := context.WithTimeout(o.ctx, writeWait)
		err = ws.Write(ctx, websocket.MessageText, frame)
		cancel()
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	o.count(-len(frame) - frameCost)
	if err != nil {
		if errors.Is(err, context.DeadlineExceeded) && !o.gone { // else it is counted already
			o.room.Slow()
		}
		o.forget()
		o.gone = true
		if !o.over {
			o.finish(websocket.StatusAbnormalClosure, "")
		}
	}
}
