// Package tagged differs by platform.
package tagged

const here = 1
