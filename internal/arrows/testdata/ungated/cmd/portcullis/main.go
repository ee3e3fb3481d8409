package main

import "portcullis/core"

var open = core.NewUngated
