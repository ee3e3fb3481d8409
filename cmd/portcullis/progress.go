package main

import (
	"fmt"
	"io"
	"os"
	"strings"
)

// progress tells how far long work is on standard error: a bar on a terminal, else a line for each ten per cent. What is over before
// there was anything to tell needs none.
type progress struct {
	o    *output
	what string
	told int64 // per cent
}

// aWhile is how much there must be before progress is worth telling.
const aWhile = 200_000

// barWidth is how many signs a bar has.
const barWidth = 40

func (p *progress) at(done, total int64) {
	if total >= aWhile && (done != total || p.told != 0) {
		p.tell(done, total)
	}
}

// tell tells it however much there is, where each part takes long.
func (p *progress) tell(done, total int64) {
	percent := done * 100 / total
	if terminal(p.o.err) {
		if percent > p.told {
			p.told = percent
			p.o.bar(percent, fmt.Sprintf("%d of %d %s", done, total, p.what))
		}
		return
	}
	if percent >= p.told+10 {
		p.told = percent
		p.o.say("%d of %d %s (%d%%)", done, total, p.what, percent)
	}
}

// bar draws how far something is in place of the bar before. The full one stays.
func (o *output) bar(percent int64, text string) {
	full := int(percent * barWidth / 100)
	fmt.Fprintf(o.err, "\r\x1b[K[%s%s] %3d%%  %s", strings.Repeat("#", full), strings.Repeat(".", barWidth-full), percent, text)
	if o.drawn = percent < 100; !o.drawn {
		fmt.Fprintln(o.err)
	}
}

// wipe takes the bar off, if one stands there that is not full.
func (o *output) wipe() {
	if o.drawn {
		o.drawn = false
		fmt.Fprint(o.err, "\r\x1b[K")
	}
}

// terminal says whether somebody looks at what is written.
func terminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}
