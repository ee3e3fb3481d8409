package load

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/url"
	"time"
)

const (
	// answerWait is how long an answer may take. What it says after that is unknown.
	answerWait = 10 * time.Second
	// maxAnswer bounds an answer, in bytes.
	maxAnswer = 8 << 20
	// maxResting is how many orders a customer leaves in the book; it then cancels them all.
	maxResting = 150
)

// customer sends requests, one at a time. It is for one goroutine.
type customer struct {
	http    *http.Client
	base    string
	key     *Key
	private ed25519.PrivateKey // nil: HMAC
	orders  *Options
	name    string // begins the names of its orders
	n       int
	random  *rand.Rand
	resting []string // orders that may be in the book, by name
	tally   *tally
}

func newCustomer(o *Options, base, run string, k int, client *http.Client, t *tally) (*customer, error) {
	c := &customer{http: client, base: base, key: &o.Keys[k%len(o.Keys)], orders: o, tally: t,
		name: fmt.Sprintf("%s-%d-", run, k), random: rand.New(rand.NewPCG(uint64(k), 1))}
	var err error
	c.private, err = c.key.private()
	return c, err
}

// next sends the next request of the mix, which was due at a time.
func (c *customer) next(ctx context.Context, due time.Time) {
	m := &c.orders.Mix
	switch n := c.random.IntN(m.Place + m.Cancel + m.Query); {
	case len(c.resting) >= maxResting:
		c.cancelAll(ctx, due)
	case n < m.Place, n < m.Place+m.Cancel && len(c.resting) == 0:
		c.place(ctx, due)
	case n < m.Place+m.Cancel:
		c.cancel(ctx, due)
	default:
		c.query(ctx, due)
	}
}

// place sends an order. Two of three are at one price, and their sides take turns, so that they trade with one another; the
// third bids half of that, and rests until it is cancelled.
func (c *customer) place(ctx context.Context, due time.Time) {
	c.n++
	o, name := c.orders, fmt.Sprint(c.name, c.n)
	side, price, rests := [...]string{"BUY", "SELL"}[c.n%2], o.Price, c.n%3 == 0
	if rests {
		side, price = "BUY", o.half
	}
	a := c.send(ctx, "POST", "/api/v3/order", "symbol="+o.Symbol+"&side="+side+"&type=LIMIT&timeInForce=GTC&quantity="+o.Quantity+
		"&price="+price+"&newOrderRespType=RESULT&newClientOrderId="+name)
	var placed struct {
		OrderID uint64
		Status  string
	}
	if a.what == happened && json.Unmarshal(a.body, &placed) != nil {
		a.what = unknown
	}
	c.tally.add("place", a.what, a.why, time.Since(due))
	switch {
	case a.what == happened:
		c.tally.acknowledged(placed.OrderID)
		if rests && placed.Status == "NEW" {
			c.resting = append(c.resting, name)
		}
	case a.what == unknown:
		c.tally.doubt(doubt{customer: c, order: name})
	}
}

// cancel cancels the oldest order that may be in the book.
func (c *customer) cancel(ctx context.Context, due time.Time) {
	name := c.resting[0]
	c.resting = c.resting[1:]
	a := c.send(ctx, "DELETE", "/api/v3/order", "symbol="+c.orders.Symbol+"&origClientOrderId="+name)
	c.tally.add("cancel", a.what, a.why, time.Since(due))
	if a.what == unknown {
		c.tally.doubt(doubt{customer: c, order: name, cancel: true})
	}
}

func (c *customer) cancelAll(ctx context.Context, due time.Time) {
	a := c.send(ctx, "DELETE", "/api/v3/openOrders", "symbol="+c.orders.Symbol)
	c.tally.add("cancel", a.what, a.why, time.Since(due))
	if a.what == unknown {
		c.tally.doubt(doubt{customer: c, order: c.resting[0], cancel: true})
	}
	c.resting = c.resting[:0]
}

// query asks for the customer's open orders. A question changes nothing, so that an answer which never came leaves no doubt.
func (c *customer) query(ctx context.Context, due time.Time) {
	a := c.send(ctx, "GET", "/api/v3/openOrders", "symbol="+c.orders.Symbol)
	if a.what == unknown {
		a.what, a.why = refused, "no answer"
	}
	c.tally.add("query", a.what, a.why, time.Since(due))
}

// resolve asks what became of a request: whether the order is there, or cancelled.
func (c *customer) resolve(ctx context.Context, d doubt) outcome {
	for range 3 {
		a := c.send(ctx, "GET", "/api/v3/order", "symbol="+c.orders.Symbol+"&origClientOrderId="+d.order)
		var o struct{ Status string }
		switch {
		case a.what == happened && json.Unmarshal(a.body, &o) == nil:
			if d.cancel && o.Status != "CANCELED" {
				return refused
			}
			return happened
		case a.code == -2013:
			return refused
		}
	}
	return unknown
}

// answer is what came back, or did not.
type answer struct {
	what outcome
	code int    // the dialect's, 0 for none
	why  string // of a refusal
	body []byte
}

// send signs a request, sends it, and reads the answer.
func (c *customer) send(ctx context.Context, method, path, query string) answer {
	query = fmt.Sprintf("%s&timestamp=%d", query, time.Now().UnixMilli())
	ctx, cancel := context.WithTimeout(ctx, answerWait)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, method, c.base+path+"?"+query+"&signature="+c.sign(query), nil)
	if err != nil {
		return answer{what: refused, why: "not sent"}
	}
	r.Header.Set("X-MBX-APIKEY", c.key.APIKey)
	resp, err := c.http.Do(r)
	if err != nil {
		if dial := new(net.OpError); errors.As(err, &dial) && dial.Op == "dial" {
			return answer{what: refused, why: "no connection"}
		}
		return answer{what: unknown}
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	if err != nil {
		return answer{what: unknown}
	}
	return judge(resp.StatusCode, body)
}

// judge reads what an answer says: whether the request happened, did not, or may have.
func judge(status int, body []byte) answer {
	a := answer{what: happened, body: body}
	if status == http.StatusOK {
		return a
	}
	var e struct{ Code int }
	_ = json.Unmarshal(bytes.TrimSpace(body), &e)
	a.code, a.why = e.Code, fmt.Sprintf("%d %d", status, e.Code)
	switch {
	case status < 500, e.Code == -1008, e.Code == -1016: // these say that nothing was done
		a.what = refused
	default:
		a.what = unknown
	}
	return a
}

func (c *customer) sign(payload string) string {
	if c.private != nil {
		return url.QueryEscape(base64.StdEncoding.EncodeToString(ed25519.Sign(c.private, []byte(payload))))
	}
	h := hmac.New(sha256.New, c.key.Secret.Reveal())
	io.WriteString(h, payload)
	return hex.EncodeToString(h.Sum(nil))
}

func (t *tally) acknowledged(order uint64) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.orders = append(t.orders, order)
}

func (t *tally) doubt(d doubt) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.doubts = append(t.doubts, d)
}
