package venue

import (
	"strconv"
	"time"

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
}

func newMetrics(r prometheus.Registerer) (*metrics, error) {
	m := &metrics{
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
	}
	if r == nil {
		return m, nil
	}
	for _, c := range []prometheus.Collector{m.requests, m.durations, m.sessions, m.engine} {
		if err := r.Register(c); err != nil {
			return nil, err
		}
	}
	return m, nil
}

// served counts one answer.
func (m *metrics) served(transport, route string, status int, began time.Time) {
	m.requests.WithLabelValues(transport, route, strconv.Itoa(status)).Inc()
	m.durations.WithLabelValues(transport, route).Observe(time.Since(began).Seconds())
}
