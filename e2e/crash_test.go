//go:build !race

package e2e

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// trader sends signed orders and cancels, and remembers what the venue acknowledged.
type trader struct {
	key     key
	http    *http.Client
	random  *rand.Rand
	n       int
	acked   map[string]int64 // order id by client order id
	dead    map[string]bool  // client order ids whose cancel was acknowledged
	unsure  map[string]bool  // sent, and nothing came back
	resting []string
}

// errAnswer is an answer of the venue that is an error in the dialect.
type errAnswer struct {
	Status int
	Code   int
	Msg    string
}

func (e *errAnswer) Error() string { return fmt.Sprintf("%d: %d %s", e.Status, e.Code, e.Msg) }

// call sends one signed request and decodes the answer into out.
func (x *trader) call(base, method, path string, q url.Values, out any) error {
	if q == nil {
		q = url.Values{}
	}
	q.Set("timestamp", strconv.FormatInt(time.Now().UnixMilli(), 10))
	q.Set("recvWindow", "60000")
	raw := q.Encode()
	mac := hmac.New(sha256.New, []byte(x.key.Secret))
	mac.Write([]byte(raw))
	req, err := http.NewRequest(method, base+path+"?"+raw+"&signature="+hex.EncodeToString(mac.Sum(nil)), nil)
	if err != nil {
		return err
	}
	req.Header.Set("X-MBX-APIKEY", x.key.APIKey)
	r, err := x.http.Do(req)
	if err != nil {
		return err
	}
	defer r.Body.Close()
	b, err := io.ReadAll(r.Body)
	if err != nil {
		return err
	}
	if r.StatusCode != http.StatusOK {
		e := &errAnswer{Status: r.StatusCode}
		if err := json.Unmarshal(b, e); err != nil {
			return fmt.Errorf("%s: %q", r.Status, b)
		}
		return e
	}
	return json.Unmarshal(b, out)
}

// step sends one order, or cancels one that rests. Its error means that the venue is gone.
func (x *trader) step(base string) error {
	if len(x.resting) > 3 && x.random.Intn(2) == 0 {
		return x.cancel(base)
	}
	x.n++
	id := fmt.Sprintf("c-%s-%d", x.key.Number, x.n)
	side := []string{"BUY", "SELL"}[x.random.Intn(2)]
	var o struct {
		OrderID int64
		Status  string
	}
	x.unsure[id] = true
	err := x.call(base, "POST", "/api/v3/order", url.Values{
		"symbol": {"BTCUSDT"}, "side": {side}, "type": {"LIMIT"}, "timeInForce": {"GTC"}, "newClientOrderId": {id},
		"quantity": {fmt.Sprintf("0.%03d", 1+x.random.Intn(20))}, "price": {strconv.Itoa(29990 + x.random.Intn(21))},
	}, &o)
	if err != nil {
		return err
	}
	delete(x.unsure, id)
	x.acked[id] = o.OrderID
	if o.Status != "FILLED" {
		x.resting = append(x.resting, id)
	}
	return nil
}

func (x *trader) cancel(base string) error {
	i := x.random.Intn(len(x.resting))
	id := x.resting[i]
	x.resting[i] = x.resting[len(x.resting)-1]
	x.resting = x.resting[:len(x.resting)-1]
	var o struct{ Status string }
	err := x.call(base, "DELETE", "/api/v3/order", url.Values{"symbol": {"BTCUSDT"}, "origClientOrderId": {id}}, &o)
	var no *errAnswer
	switch {
	case errors.As(err, &no) && no.Code == -2011: // it was filled before
		return nil
	case err != nil:
		return err
	}
	x.dead[id] = true
	return nil
}

// verify holds the venue's whole history of the account against what was acknowledged.
func (x *trader) verify(base string) error {
	type order struct {
		OrderID       int64
		ClientOrderID string
		Status        string
	}
	seen := map[string]order{}
	for from := int64(1); ; {
		var page []order
		err := x.call(base, "GET", "/api/v3/allOrders", url.Values{
			"symbol": {"BTCUSDT"}, "orderId": {strconv.FormatInt(from, 10)}, "limit": {"1000"}}, &page)
		if err != nil {
			return err
		}
		for _, o := range page {
			if _, twice := seen[o.ClientOrderID]; twice {
				return fmt.Errorf("order %s is there twice", o.ClientOrderID)
			}
			seen[o.ClientOrderID] = o
			from = o.OrderID + 1
		}
		if len(page) < 1000 {
			break
		}
	}
	for id, number := range x.acked {
		if o, ok := seen[id]; !ok || o.OrderID != number {
			return fmt.Errorf("order %s was acknowledged as %d and is now %+v", id, number, o)
		}
		if x.dead[id] && seen[id].Status != "CANCELED" {
			return fmt.Errorf("the cancel of %s was acknowledged; it is %s", id, seen[id].Status)
		}
	}
	for id := range seen {
		if _, ok := x.acked[id]; !ok && !x.unsure[id] {
			return fmt.Errorf("order %s was refused or never sent, and is there", id)
		}
	}
	return nil
}

// TestKill kills the venue at random moments under load. After each start everything acknowledged must be there, nothing
// twice, money conserved, and the state the same as a replay of the journal from its start.
func TestKill(t *testing.T) {
	rounds := 20
	if os.Getenv("PORTCULLIS_DEPTH") == "soak" {
		rounds = 500
	}
	seed := time.Now().UnixNano()
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewSource(seed))
	v := newVenue(t, "--orders-per-10s=1000000", "--orders-per-day=100000000", "--weight-per-minute=100000000")
	traders := make([]*trader, 8)
	for i := range traders {
		traders[i] = &trader{
			key:    v.key(v.account("1000", "100000000"), "hmac", "read,trade", "--networks", "127.0.0.0/8"),
			http:   &http.Client{Transport: &http.Transport{}},
			random: rand.New(rand.NewSource(random.Int63())),
			acked:  map[string]int64{}, dead: map[string]bool{}, unsure: map[string]bool{},
		}
	}
	acks := 0
	for round := range rounds {
		acks += v.loadUntilKilled(traders, 20+random.Int63n(400))
		checked := v.check()
		v.start()
		var live struct {
			Seq  uint64
			Hash string
		}
		v.cli(&live, "status", "--hash")
		for i, x := range traders {
			if err := x.verify(v.base); err != nil {
				t.Fatalf("round %d, trader %d: %v", round, i, err)
			}
		}
		if live.Seq < checked.Last {
			t.Fatalf("round %d: %d records on disk, the venue came back with %d", round, checked.Last, live.Seq)
		}
		if replay := v.replay(live.Seq); replay != live.Hash {
			t.Fatalf("round %d: the live state at %d is %s, a replay gives %s", round, live.Seq, live.Hash, replay)
		}
	}
	v.stop()
	v.check()
	t.Logf("%d acknowledgements over %d kills", acks, rounds)
}

// loadUntilKilled lets the traders go on until so many answers came, kills the venue, and gives the number of answers.
func (v *venue) loadUntilKilled(traders []*trader, after int64) int {
	v.t.Helper()
	var answers atomic.Int64
	enough := make(chan struct{})
	var once sync.Once
	var wg sync.WaitGroup
	for _, x := range traders {
		wg.Go(func() {
			for {
				err := x.step(v.base)
				var no *errAnswer
				if errors.As(err, &no) {
					v.t.Errorf("an order was answered with %v", no)
					once.Do(func() { close(enough) })
					return
				}
				if err != nil {
					return // the venue is gone
				}
				if answers.Add(1) >= after {
					once.Do(func() { close(enough) })
				}
			}
		})
	}
	<-enough
	v.kill()
	wg.Wait()
	if v.t.Failed() {
		v.t.FailNow()
	}
	return int(answers.Load())
}

// checked is what the offline check of the journal finds.
type checked struct {
	Last      uint64 `json:"last"`
	Conserved bool   `json:"money_conserved"`
	StateHash string `json:"state_hash"`
	Money     []struct {
		Asset string `json:"asset"`
		Have  string `json:"accounts_have"`
	} `json:"money"`
}

// have is what all accounts have of an asset.
func (c *checked) have(asset string) string {
	for _, m := range c.Money {
		if m.Asset == asset {
			return m.Have
		}
	}
	return "none"
}

// check verifies the stopped venue's journal.
func (v *venue) check(more ...string) checked {
	v.t.Helper()
	var c checked
	v.cli(&c, append([]string{"journal", "check"}, more...)...)
	if !c.Conserved {
		v.t.Fatalf("money is not conserved: %+v", c)
	}
	return c
}

// replay is the hash of the state that the journal gives up to a sequence.
func (v *venue) replay(upTo uint64) string {
	v.t.Helper()
	return v.check("--to", strconv.FormatUint(upTo, 10)).StateHash
}

// TestSecondVenue: two venues on one data directory would destroy its journal.
func TestSecondVenue(t *testing.T) {
	v := newVenue(t)
	path, err := binary()
	if err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(path, "run", "--data", v.dir, "--listen", "127.0.0.1:0", "--no-demo").CombinedOutput()
	if err == nil {
		t.Fatalf("a second venue started on the same data\n%s", out)
	}
}
