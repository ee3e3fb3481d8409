//go:build !unix

package bench

import (
	"os/exec"
	"time"
)

var begun = time.Now()

// unprivileged has nothing to do where there is no root.
func unprivileged(*exec.Cmd, string) error { return nil }

// childMemory is not known here.
func childMemory() float64 { return 0 }

// spent is the time since the start, where the system does not say how much of the processor was used.
func spent() time.Duration { return time.Since(begun) }
