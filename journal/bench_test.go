package journal_test

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"portcullis/journal"
)

const benchRecord = 200 // bytes

// BenchmarkAppend measures group commits of several sizes on the machine's own disk, and beside each, alternating with
// it, the bare write and sync of as many bytes into a preallocated file: the ratio holds where the figures drift.
func BenchmarkAppend(b *testing.B) {
	for _, n := range []int{1, 32, 256, 2048} {
		b.Run(fmt.Sprintf("records=%d", n), func(b *testing.B) {
			f, err := journal.Open(b.TempDir(), journal.Options{})
			if err != nil {
				b.Fatal(err)
			}
			defer f.Close()
			bare := newBare(b, journal.DefaultSegment)
			rec := bytes.Repeat([]byte{7}, benchRecord)
			var batch journal.Batch
			var ours, theirs []time.Duration
			for b.Loop() {
				start := time.Now()
				batch.Reset(f.Last() + 1)
				for range n {
					batch.Close(append(batch.Open(), rec...))
				}
				if err := f.Append(&batch); err != nil {
					b.Fatal(err)
				}
				middle := time.Now()
				bare.write(b, (batch.Size()+journal.Sector-1)/journal.Sector*journal.Sector)
				ours, theirs = append(ours, middle.Sub(start)), append(theirs, time.Since(middle))
			}
			b.ReportMetric(float64(n)*float64(len(ours))/sum(ours).Seconds(), "records/s")
			b.ReportMetric(sum(ours).Seconds()/sum(theirs).Seconds(), "x-bare")
			b.ReportMetric(quantile(ours, 0.5), "p50-µs")
			b.ReportMetric(quantile(ours, 0.99), "p99-µs")
			b.ReportMetric(quantile(theirs, 0.5), "bare-p50-µs")
			b.ReportMetric(quantile(theirs, 0.99), "bare-p99-µs")
		})
	}
}

// bare is a preallocated file that is written round and round.
type bare struct {
	file journal.File
	buf  []byte
	off  int64
	size int64
}

func newBare(b *testing.B, size int64) *bare {
	file, err := journal.Disk.Create(filepath.Join(b.TempDir(), "bare"))
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { file.Close() })
	if _, err := file.WriteAt(make([]byte, size), 0); err != nil {
		b.Fatal(err)
	}
	if err := file.Datasync(); err != nil {
		b.Fatal(err)
	}
	return &bare{file: file, buf: bytes.Repeat([]byte{1}, 1<<20), size: size}
}

func (w *bare) write(b *testing.B, n int) {
	if w.off+int64(n) > w.size {
		w.off = 0
	}
	if _, err := w.file.WriteAt(w.buf[:n], w.off); err != nil {
		b.Fatal(err)
	}
	if err := w.file.Datasync(); err != nil {
		b.Fatal(err)
	}
	w.off += int64(n)
}

func sum(d []time.Duration) (total time.Duration) {
	for _, x := range d {
		total += x
	}
	return total
}

func quantile(d []time.Duration, q float64) float64 {
	d = slices.Sorted(slices.Values(d))
	return float64(d[int(q*float64(len(d)-1))].Nanoseconds()) / 1000
}

// benchLog writes a log of a million records of 200 bytes in batches of 256.
func benchLog(b *testing.B) string {
	path := b.TempDir()
	f, err := journal.Open(path, journal.Options{})
	if err != nil {
		b.Fatal(err)
	}
	var batch journal.Batch
	for f.Last() < 1_000_000 {
		batch.Reset(f.Last() + 1)
		for i := range 256 {
			batch.Close(append(batch.Open(), bytes.Repeat([]byte{byte(i)}, benchRecord)...))
		}
		if err := f.Append(&batch); err != nil {
			b.Fatal(err)
		}
	}
	if err := f.Close(); err != nil {
		b.Fatal(err)
	}
	return path
}

// BenchmarkRecover opens a log, verifying all of it, and reads every record.
func BenchmarkRecover(b *testing.B) {
	path := benchLog(b)
	records, size := 0, int64(0)
	var opening time.Duration
	for b.Loop() {
		start := time.Now()
		f, err := journal.Open(path, journal.Options{})
		if err != nil {
			b.Fatal(err)
		}
		opening += time.Since(start)
		r, err := f.Reader(1)
		if err != nil {
			b.Fatal(err)
		}
		for {
			_, rec, err := r.Next()
			if err == io.EOF {
				break
			}
			if err != nil {
				b.Fatal(err)
			}
			records++
			size += int64(len(rec))
		}
		if err := f.Close(); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(records)/b.Elapsed().Seconds(), "records/s")
	b.ReportMetric(float64(size)/1e6/b.Elapsed().Seconds(), "MB/s")
	b.ReportMetric(opening.Seconds()/b.Elapsed().Seconds(), "open-share")
}

// BenchmarkCheck verifies a log of a million records.
func BenchmarkCheck(b *testing.B) {
	path := benchLog(b)
	entries, err := os.ReadDir(path)
	if err != nil || len(entries) < 3 {
		b.Fatalf("%d files, %v", len(entries), err)
	}
	for b.Loop() {
		if _, err := journal.Check(path, journal.Options{}, nil); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(1e6*float64(b.N)/b.Elapsed().Seconds(), "records/s")
}

// BenchmarkBatch encodes records into a batch.
func BenchmarkBatch(b *testing.B) {
	rec := bytes.Repeat([]byte{7}, benchRecord)
	var batch journal.Batch
	batch.Reset(1)
	b.ReportAllocs()
	for b.Loop() {
		if batch.Len() == 256 {
			batch.Reset(1)
		}
		batch.Close(append(batch.Open(), rec...))
	}
}
