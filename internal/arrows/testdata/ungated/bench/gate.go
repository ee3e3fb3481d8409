package bench

import "portcullis/core"

var open = core.NewUngated()
