package daemon

import (
	"context"
	"net/http"
	"path/filepath"

	"portcullis/core"
	"portcullis/venue/gift"
)

// openGifts reads the pepper of gift codes, or makes it where no code needs the one of before.
func (d *Daemon) openGifts(context.Context) error {
	var needed bool
	if err := d.engine.Read(func(s *core.State) { needed = s.Gifts() > 0 }); err != nil {
		return err
	}
	p, err := gift.LoadPepper(filepath.Join(d.cfg.Dir, giftFile), needed)
	d.pepper = p
	return err
}

// gifts is the page and the API for whoever was given a gift code.
func (d *Daemon) gifts() http.Handler {
	return gift.New(gift.Config{
		Engine: d.engine, Archive: d.archive, Pepper: d.pepper, Log: d.log, Client: d.venue.Client,
		Weigh:   func(r *http.Request) (int, int64) { return d.venue.Weigh(r, 1) },
		Address: d.address,
	}).Handler()
}
