package venue

import (
	"net/http"
	"strconv"
	"sync"
	"time"

	"portcullis/dialect/binance"
	"portcullis/venue/fair"

	"github.com/prometheus/client_golang/prometheus"
)

// unknownRoute stands for whatever path or method there is none of, so that strangers cannot make up series.
const unknownRoute = "unknown"

// metrics count what the venue answers.
type metrics struct {
	requests  *prometheus.CounterVec
	durations *prometheus.HistogramVec
	sessions  prometheus.Gauge
	engine    *prometheus.CounterVec
	shed      *prometheus.CounterVec

	mu    sync.RWMutex
	known map[labels]series // what was looked up once: doing it by text costs as much as reading an order
}

// counted is a queue whose figures are shown.
type counted interface{ Counts() fair.Counts }

func newMetrics(r prometheus.Registerer, turns, history counted) (*metrics, error) {
	m := &metrics{
		known: map[labels]series{},
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "portcullis_venue_requests_total", Help: "Requests answered, by transport, route and status.",
		}, []string{"transport", "route", "status"}),
		durations: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "portcullis_venue_request_seconds", Help: "Time from a request's arrival to its answer, by transport and route.",
			Buckets: prometheus.ExponentialBuckets(50e-6, 4, 10), // 50 µs to 13 s
		}, []string{"transport", "route"}),
		sessions: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "portcullis_venue_sessions", Help: "Connections of the WebSocket API.",
		}),
		engine: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "portcullis_venue_engine_errors_total", Help: "Instructions and reads that the engine gave no answer to, by what it said.",
		}, []string{"error"}),
		shed: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "portcullis_venue_shed_total", Help: "Requests and connections refused, or cut off, because there was too much of something, by what.",
		}, []string{"reason"}),
	}
	if r == nil {
		return m, nil
	}
	list := []prometheus.Collector{m.requests, m.durations, m.sessions, m.engine, m.shed}
	for name, q := range map[string]counted{"engine": turns, "history": history} {
		list = append(list, queueFigure(name, "inside", "Calls that were let in and are not done.", q, func(c fair.Counts) int { return c.Inside }),
			queueFigure(name, "waiting", "Calls that wait for their turn.", q, func(c fair.Counts) int { return c.Waiting }))
	}
	for _, c := range list {
		if err := r.Register(c); err != nil {
			return nil, err
		}
	}
	return m, nil
}

// labels tell the answers apart that are counted together. They are of closed sets: see unknownRoute.
type labels struct {
	transport, route string
	status           int
}

// series is where they are counted.
type series struct {
	requests prometheus.Counter
	duration prometheus.Observer
}

// served counts one answer.
func (m *metrics) served(transport, route string, status int, began time.Time) {
	s := m.series(labels{transport, route, status})
	s.requests.Inc()
	s.duration.Observe(time.Since(began).Seconds())
}

func (m *metrics) series(l labels) series {
	m.mu.RLock()
	s, ok := m.known[l]
	m.mu.RUnlock()
	if ok {
		return s
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	s = series{
		requests: m.requests.WithLabelValues(l.transport, l.route, strconv.Itoa(l.status)),
		duration: m.durations.WithLabelValues(l.transport, l.route),
	}
	m.known[l] = s
	return s
}

// queueFigure is a figure of a queue.
func queueFigure(queue, name, help string, q counted, value func(fair.Counts) int) prometheus.Collector {
	return prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "portcullis_venue_queue_" + name, Help: help, ConstLabels: prometheus.Labels{"queue": queue},
	}, func() float64 { return float64(value(q.Counts())) })
}

// refused counts an answer that says that there was too much of something.
func (m *metrics) refused(err *binance.Error) {
	if err == nil {
		return
	}
	reason := ""
	switch {
	case err.Code == -1003 && err.Status == http.StatusTeapot:
		reason = "banned"
	case err.Code == -1003:
		reason = "weight"
	case err.Code == -1008:
		reason = "overload"
	case err.Code == -1015:
		reason = "orders"
	case err.Code == -1034:
		reason = "connections"
	default:
		return
	}
	m.shed.WithLabelValues(reason).Inc()
}
