package results

import (
	"encoding/json"
	"fmt"
)

// Axis is what [MetaAxis] says, in JSON.
type Axis struct {
	Calendar  string `json:"calendar"`
	Frequency string `json:"frequency"`
	// BarsPerYear is the number of bars a year of the bundle, by its calendar or as
	// found.
	BarsPerYear float64 `json:"bars_per_year"`
	// Annual is the number of bars a year used for each asset, and for the pooled
	// rows by the name [PooledAsset], that differs from BarsPerYear: by the override,
	// by the asset's own bar length or by what was observed in the window.
	Annual map[string]float64 `json:"annual,omitempty"`
}

// ReadAxis reads the axis out of the metadata of results.
func ReadAxis(meta map[string]string) (Axis, error) {
	var a Axis
	if err := json.Unmarshal([]byte(meta[MetaAxis]), &a); err != nil {
		return Axis{}, fmt.Errorf("metadata %s: %w", MetaAxis, err)
	}
	return a, nil
}
