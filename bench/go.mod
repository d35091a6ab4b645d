module github.com/durokit/duro/bench

go 1.26

require github.com/durokit/duro v0.0.0

replace github.com/durokit/duro => ../
