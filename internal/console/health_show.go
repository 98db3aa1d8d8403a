package console

import (
	"fmt"
	"net"
	"net/http"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"vigie/internal/breach"
)

// meters are the console's own metrics: routes and statuses, never people.
type meters struct {
	requests *prometheus.CounterVec
	seconds  *prometheus.HistogramVec
	show     http.Handler
}

func (m *meters) register(reg *prometheus.Registry) error {
	m.requests = prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "vigie_console_requests_total", Help: "Requests answered by the console."}, []string{"route", "status"})
	m.seconds = prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Name: "vigie_console_request_seconds", Help: "Time to answer a request.",
		Buckets: []float64{.005, .01, .025, .05, .1, .25, .5, 1, 2.5}}, []string{"route"})
	m.show = promhttp.HandlerFor(reg, promhttp.HandlerOpts{})
	for _, x := range []prometheus.Collector{m.requests, m.seconds} {
		if err := reg.Register(x); err != nil {
			return err
		}
	}
	return nil
}

func (m *meters) observe(route string, status int, took time.Duration) {
	m.requests.WithLabelValues(route, strconv.Itoa(status)).Inc()
	m.seconds.WithLabelValues(route).Observe(took.Seconds())
}

func (c *console) healthShow(w http.ResponseWriter, _ *http.Request) error {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, _ = fmt.Fprintln(w, "ok")
	return nil
}

// metricsShow serves Prometheus on the loopback. Something forwarded by a
// proxy comes from the loopback too, so a forwarded request does not count.
func (c *console) metricsShow(w http.ResponseWriter, r *http.Request) error {
	host, _, _ := net.SplitHostPort(r.RemoteAddr)
	ip := net.ParseIP(host)
	direct := ip != nil && ip.IsLoopback() && r.Header.Get("X-Forwarded-For") == "" && r.Header.Get("Forwarded") == ""
	if !direct && !c.MetricsOpen {
		return breach.ErrNotFound
	}
	c.meters.show.ServeHTTP(w, r)
	return nil
}
