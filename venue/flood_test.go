package venue

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"portcullis/core/instruction"
	"portcullis/venue/fair"
)

// flood is requests of many connections at once, and what was answered to each, by the client's name for it.
type flood struct {
	*house
	client *http.Client
	sent   sync.WaitGroup

	mu       sync.Mutex
	answered map[string]answer
}

func newFlood(h *house) *flood {
	t := http.DefaultTransport.(*http.Transport).Clone()
	t.MaxIdleConnsPerHost = 1000
	h.t.Cleanup(t.CloseIdleConnections)
	return &flood{house: h, client: &http.Client{Transport: t}, answered: map[string]answer{}}
}

// send sends a signed request, and does not wait for its answer.
func (f *flood) send(name string, k *testKey, method, path string, params ...string) {
	query := f.signed(k, append(params, "newClientOrderId="+name)...)
	f.sent.Go(func() {
		r, err := http.NewRequest(method, f.server.URL+path+"?"+query, nil)
		if err != nil {
			f.t.Error(err)
			return
		}
		r.Header.Set("X-MBX-APIKEY", k.text)
		resp, err := f.client.Do(r)
		if err != nil {
			f.t.Errorf("%s: %v", name, err)
			return
		}
		f.record(name, read(f.t, resp))
	})
}

func (f *flood) record(name string, a answer) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.answered[name] = a
}

func (f *flood) answers() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return len(f.answered)
}

// until waits for what must come to be.
func until(t testing.TB, what string, is func() bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), within)
	defer cancel()
	for look := time.Tick(time.Millisecond); !is(); {
		select {
		case <-look:
		case <-ctx.Done():
			t.Fatalf("%s: never", what)
		}
	}
}

// stands waits until so many are inside, wait, and were refused for want of room.
func (h *house) stands(inside, waiting int, full uint64) {
	h.t.Helper()
	want := fair.Counts{Inside: inside, Waiting: waiting, Full: full}
	until(h.t, fmt.Sprintf("%+v", want), func() bool { return h.venue.turns.Counts() == want })
}

// TestFloodOfOneAccount: while the disk stands still, one customer sends orders on many connections. Others' orders are
// taken up before most of them, cancels first, and the operator's word needs no turn; what was acknowledged is on record,
// and what was shed is not.
func TestFloodOfOneAccount(t *testing.T) {
	const inside, places, flooding, honest = 1, 400, 60, 12 // one inside: the order of records is that of turns
	h := newHouse(t)
	h.venue.turns = fair.New[line](fair.Config{Inside: inside, Waiting: places, Patience: within})
	resting := h.order(h.ed, limitOrder("BUY", "0.1", "9000")...)
	began := h.engine.Durable()
	f := newFlood(h)
	release := h.disk.stall()
	defer release()
	for i := range flooding {
		f.send(fmt.Sprintf("flood-%d", i), h.bobs, "POST", orderPath, limitOrder("BUY", "0.001", "8000")...)
	}
	const share = 34 // n is below (300-n)/8
	h.stands(inside, share, flooding-inside-share)
	for i := range honest {
		f.send(fmt.Sprintf("honest-%d", i), h.ed, "POST", orderPath, limitOrder("BUY", "0.1", "9000")...)
	}
	f.send("cancel", h.ed, "DELETE", orderPath, "symbol=BTCUSDT", fmt.Sprintf("orderId=%.0f", resting["orderId"]))
	h.stands(inside, share+honest+1, flooding-inside-share)
	operator := make(chan struct{})
	go func() {
		defer close(operator)
		h.operator(&instruction.Credit{Account: h.bob, Asset: 1, Amount: 1, Ref: "during the flood"})
	}()
	release()
	f.sent.Wait()
	<-operator

	floods, others, place := 0, 0, map[string]int{} // how many of the flood came before
	for _, r := range h.records(began + 1) {
		in, err := r.Instruction()
		if err != nil {
			t.Fatal(err)
		}
		name := "operator"
		switch in := in.(type) {
		case *instruction.PlaceOrder:
			name = in.ClientID.String()
		case *instruction.CancelOrder:
			name = "cancel"
		case *instruction.Tick:
			continue
		}
		place[name] = floods
		switch {
		case strings.HasPrefix(name, "flood"):
			floods++
		case strings.HasPrefix(name, "honest"):
			if others++; floods > inside+others {
				t.Errorf("honest order %d came after %d of the flood", others, floods)
			}
		}
	}
	shed := 0
	for name, a := range f.answered {
		switch _, there := place[name]; {
		case a.status == 200 && there:
		case a.status == 503 && a.code() == -1008 && !there && strings.HasPrefix(name, "flood"):
			shed++
		default:
			t.Errorf("%s, on record: %t, was answered with %d %s", name, there, a.status, a.body)
		}
	}
	if f.answers() != flooding+honest+1 || shed != flooding-inside-share || floods != inside+share {
		t.Errorf("%d answers, %d shed, %d of the flood taken up", f.answers(), shed, floods)
	}
	if _, there := place["operator"]; !there {
		t.Error("the operator's instruction is not on record")
	}
	if n := place["cancel"]; n != inside {
		t.Errorf("the cancel came after %d of the flood", n)
	}
}

// TestHistoryTurns: questions about history wait in lines of their own, and a line that is full says so; trading goes on.
func TestHistoryTurns(t *testing.T) {
	h := newHouse(t)
	turns := fair.New[party](fair.Config{Inside: 1, Waiting: 16, Patience: within})
	h.venue.history.turns = turns
	if err := turns.Enter(t.Context(), party{account: h.bob}, fair.Plain); err != nil {
		t.Fatal(err)
	}
	f := newFlood(h)
	for i := range 3 { // a line of two of sixteen is full: (16-4-2)/8
		name := fmt.Sprint("q", i)
		query := h.signed(h.bobs, "symbol=BTCUSDT", "limit="+fmt.Sprint(i+1))
		f.sent.Go(func() { f.record(name, h.send("GET", "/api/v3/myTrades", query, "", h.bobs.text)) })
	}
	until(t, "one is refused", func() bool { return turns.Counts() == fair.Counts{Inside: 1, Waiting: 2, Full: 1} })
	h.order(h.bobs, limitOrder("BUY", "0.1", "9000")...)
	turns.Leave()
	f.sent.Wait()
	refused := 0
	for name, a := range f.answered {
		switch {
		case a.status == 503 && a.code() == -1008 && a.header.Get("Retry-After") == "1":
			refused++
		case a.status != 200:
			t.Errorf("%s: %d %s", name, a.status, a.body)
		}
	}
	if len(f.answered) != 3 || refused != 1 || turns.Counts().Inside != 0 {
		t.Errorf("%d of %d refused, %+v", refused, len(f.answered), turns.Counts())
	}
}
