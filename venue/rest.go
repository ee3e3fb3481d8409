package venue

import (
	"io"
	"log/slog"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"portcullis/dialect/binance"
)

// buffers are for answers on their way out.
var buffers = sync.Pool{New: func() any { b := make([]byte, 0, 4<<10); return &b }}

// The dialect's headers, as net/http spells and keeps them: it makes a new string of any other spelling for each request.
var (
	headKey          = http.CanonicalHeaderKey("X-MBX-APIKEY")
	headTimeUnit     = http.CanonicalHeaderKey("X-MBX-TIME-UNIT")
	headWeight       = http.CanonicalHeaderKey("X-MBX-USED-WEIGHT")
	headWeightMinute = http.CanonicalHeaderKey("X-MBX-USED-WEIGHT-1M")
	headOrdersTen    = http.CanonicalHeaderKey("X-MBX-ORDER-COUNT-10S")
	headOrdersDay    = http.CanonicalHeaderKey("X-MBX-ORDER-COUNT-1D")
)

// jsonType is what every answer is. Nobody changes it.
var jsonType = []string{"application/json;charset=UTF-8"}

// maxKept is the largest buffer that goes back to the pool.
const maxKept = 256 << 10

// serveREST reads one HTTP request, has it answered, and writes the answer.
func (v *Venue) serveREST(w http.ResponseWriter, r *http.Request) {
	began := time.Now()
	c := call{ctx: r.Context(), apiKey: apiKey(r), addr: ClientAddr(r, v.proxies), client: fingerprint(r)}
	answer, err := v.answerREST(&c, w, r)
	status := statusOf(answer, err)
	if err != nil {
		answer = err
	}
	if status == http.StatusTeapot {
		w.Header().Set("Connection", "close") // or the flood would go on for nothing but a refusal
	}
	if err != nil && err.RetryAfter > 0 {
		w.Header().Set("Retry-After", strconv.FormatInt(err.RetryAfter, 10))
	}
	if c.counts.counted {
		w.Header().Set(headOrdersTen, strconv.Itoa(c.counts.tenSeconds))
		w.Header().Set(headOrdersDay, strconv.Itoa(c.counts.day))
	}
	w.Header()["Content-Type"] = jsonType
	b := buffers.Get().(*[]byte)
	*b = answer.AppendJSON((*b)[:0])
	w.Header().Set("Content-Length", strconv.Itoa(len(*b)))
	w.WriteHeader(status)
	_, _ = w.Write(*b) // a client that went away is told nothing
	if cap(*b) <= maxKept {
		buffers.Put(b)
	}
	v.metrics.refused(err)
	v.metrics.served("rest", restName(c.route), status, began)
	if v.log.Enabled(c.ctx, slog.LevelDebug) { // making what would be logged costs more than saying that it is not
		v.log.Debug("request", "method", r.Method, "route", restName(c.route), "status", status, "addr", c.addr, "key", c.principal.Credential)
	}
}

// Limited has requests to h, which stands beside the API, weigh 1, so that no page is a way around the limits.
func (v *Venue) Limited(h http.HandlerFunc) http.HandlerFunc { return v.limited(1, h) }

func (v *Venue) limited(weight int, h http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if _, err := v.limits.weigh(v.engine.Now(), ClientAddr(r, v.proxies), weight); err != nil {
			v.metrics.refused(err)
			if err.Status == http.StatusTeapot {
				w.Header().Set("Connection", "close")
			}
			writeError(w, err)
			return
		}
		h(w, r)
	}
}

// apiKey is the key that a request names. Two of them name none: somebody on the way might have looked at the other.
func apiKey(r *http.Request) string {
	if keys := r.Header[headKey]; len(keys) == 1 {
		return keys[0]
	}
	return ""
}

// restName is a route's name in metrics and logs. What a stranger sent is in neither.
func restName(r *binance.Route) string {
	if r == nil {
		return unknownRoute
	}
	return r.Path
}

// statusOf is the HTTP status that an answer goes out with.
func statusOf(answer reply, err *binance.Error) int {
	if err != nil {
		return err.Status
	}
	if both, ok := answer.(*binance.CancelReplace); ok {
		return both.Status()
	}
	return http.StatusOK
}

// answerREST finds the route, reads the parameters, and lets the call be answered.
func (v *Venue) answerREST(c *call, w http.ResponseWriter, r *http.Request) (reply, *binance.Error) {
	route, handle := findREST(r.Method, r.URL.Path)
	c.route = route
	params, bad := readParams(w, r)
	c.params = &params
	weight := 1
	if route != nil && bad == nil {
		weight = route.Weight(c.params)
	}
	used, err := v.limits.weigh(v.engine.Now(), c.addr, weight)
	w.Header().Set(headWeight, strconv.Itoa(used))
	w.Header().Set(headWeightMinute, strconv.Itoa(used))
	switch {
	case err != nil:
		return nil, err
	case route == nil:
		return nil, noRoute(w, r)
	case bad != nil:
		return nil, bad
	}
	if err := c.timeUnit(r.Header.Get(headTimeUnit)); err != nil {
		return nil, err
	}
	switch {
	case route.Security.Signed():
		err = v.authenticate(c)
	case route.Security == binance.SecStream:
		err = v.identify(c)
	}
	if err != nil {
		return nil, err
	}
	return handle(v, c)
}

// noRoute says whether it is the path that is not known, or the method.
func noRoute(w http.ResponseWriter, r *http.Request) *binance.Error {
	if allowed := methodsOf(r.URL.Path); len(allowed) > 0 {
		w.Header().Set("Allow", strings.Join(allowed, ", "))
		e := binance.ErrUnsupported("This path takes " + strings.Join(allowed, ", ") + ".")
		e.Status = http.StatusMethodNotAllowed
		return e
	}
	e := binance.ErrUnsupported("There is no such path on this venue.")
	e.Status = http.StatusNotFound
	return e
}

// readParams reads query and body as they were sent. The content type is not looked at: clients are careless with it, and
// there is but one form.
func readParams(w http.ResponseWriter, r *http.Request) (binance.Params, *binance.Error) {
	if r.Body == http.NoBody {
		return binance.Parse(r.URL.RawQuery, "")
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, binance.MaxParamsBytes))
	if err != nil {
		return binance.Params{}, &binance.Error{Code: -1101, Status: http.StatusRequestEntityTooLarge,
			Msg: "The body could not be read, or is longer than " + strconv.Itoa(binance.MaxParamsBytes) + " bytes."}
	}
	return binance.Parse(r.URL.RawQuery, string(body))
}

// timeUnit takes note of the unit in which the client wants times.
func (c *call) timeUnit(text string) *binance.Error {
	switch strings.ToUpper(text) {
	case "", "MILLISECOND":
	case "MICROSECOND":
		c.micros = true
	default:
		return binance.ErrTimeUnit()
	}
	return nil
}

// fingerprint tells clients apart by the traits of their headers and TLS. Whoever knows them can imitate them: it is
// evidence, not proof.
func fingerprint(r *http.Request) uint64 {
	h := fnv64{14695981039346656037}
	h.add(r.Proto)
	for _, name := range [...]string{"User-Agent", "Accept", "Accept-Encoding", "Accept-Language", "Content-Type", "Connection"} {
		h.add(strings.Join(r.Header[name], ","))
	}
	if r.TLS != nil {
		h.add(strconv.Itoa(int(r.TLS.Version)) + ":" + strconv.Itoa(int(r.TLS.CipherSuite)))
	}
	return h.sum
}

// fnv64 is FNV-1a: it goes on record, so it must be the same in every process.
type fnv64 struct{ sum uint64 }

func (h *fnv64) add(s string) {
	for i := range len(s) {
		h.sum = (h.sum ^ uint64(s[i])) * 1099511628211
	}
	h.sum = (h.sum ^ 0xff) * 1099511628211 // no text holds this byte, so that two fields cannot run together
}
