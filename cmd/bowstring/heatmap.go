package main

import (
	"github.com/bowstring-engine/bowstring/sweep/report"
	"github.com/bowstring-engine/bowstring/sweep/results"
	"github.com/bowstring-engine/bowstring/sweep/spec"
)

// heatMap prints a statistic over two parameters.
func (a *app) heatMap(s *results.Surface) error {
	width, _ := terminal(a.stdout)
	return report.HeatMap(a.stdout, report.HeatMapData{
		Title: s.Metric, Metric: s.Metric, XName: s.XName, YName: s.YName, X: s.X, Y: s.Y, Values: s.Values,
		Minimize: s.Goal == spec.Minimize,
	}, report.Options{Color: color(a.stdout), Width: width})
}
