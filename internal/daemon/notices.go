package daemon

import (
	"context"
	"errors"
	"time"

	"portcullis/identity/notice"

	"github.com/prometheus/client_golang/prometheus"
)

// openNotices opens the outbox, keeps it filled, and sends what is in it where there is a webhook.
func (d *Daemon) openNotices(ctx context.Context) error {
	hook, err := d.cfg.hook()
	if err != nil {
		return err
	}
	o, err := notice.Open(d.cfg.Dir)
	if err != nil {
		return err
	}
	d.notices = o
	if err := o.Begin(ctx, d.engine); err != nil {
		return err
	}
	if hook != nil {
		if d.sender, err = notice.NewSender(o, *hook); err != nil {
			return err
		}
		sending, stop := context.WithCancel(context.Background())
		d.running.Go(func() { d.sender.Run(sending) })
		d.running.Go(func() {
			<-d.closed
			stop()
		})
	}
	d.history.Go(func() { d.notify(o) })
	return nil
}

// notify fills the outbox until the venue ends.
func (d *Daemon) notify(o *notice.Outbox) {
	for {
		err := o.Follow(d.ending, d.engine)
		if err == nil || d.ending.Err() != nil {
			return
		}
		d.log.Error("nobody gets notices just now, and none is lost; trading is not affected", "err", err, "again in", retryHistory)
		select {
		case <-time.After(retryHistory):
		case <-d.closed:
			return
		}
	}
}

// gaugeNotices adds the figures of notices to the metrics.
func (d *Daemon) gaugeNotices() error {
	list := []prometheus.Collector{
		prometheus.NewCounterFunc(prometheus.CounterOpts{Name: "portcullis_notices_total", Help: "Notices written since the start."},
			func() float64 { return float64(d.notices.Written()) }),
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "portcullis_notices_records", Help: "Record up to which the disk knows that notices were taken."},
			func() float64 { return float64(d.notices.Taken()) }),
	}
	if s := d.sender; s != nil {
		list = append(list,
			prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "portcullis_webhook_pending", Help: "Notices that are yet to be sent."},
				func() float64 { return float64(s.Pending()) }),
			prometheus.NewCounterFunc(prometheus.CounterOpts{Name: "portcullis_webhook_sent_total", Help: "Notices that the webhook took."},
				func() float64 { return float64(s.Sent()) }),
			prometheus.NewCounterFunc(prometheus.CounterOpts{Name: "portcullis_webhook_failures_total", Help: "Tries to send a notice that failed."},
				func() float64 { return float64(s.Failures()) }),
			prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "portcullis_webhook_gone", Help: "1 after the webhook answered 410 Gone: it gets nothing more until the next start."},
				func() float64 { return yes(s.Gone()) }))
	}
	var errs []error
	for _, c := range list {
		errs = append(errs, d.metrics.Register(c))
	}
	return errors.Join(errs...)
}
