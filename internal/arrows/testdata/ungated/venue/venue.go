package venue

import "portcullis/core"

var open = core.NewDetecting
