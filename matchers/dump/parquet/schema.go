package parquet

import (
	"github.com/parquet-go/parquet-go/encoding/thrift"
	spec "github.com/parquet-go/parquet-go/format"
)

// checkSchema refuses a schema that is deeper or wider than any, since the
// library walks it by recursion, and a file whose columns are encrypted.
func checkSchema(footer []byte) error {
	var meta spec.FileMetaData
	if err := thrift.Unmarshal(new(thrift.CompactProtocol), footer, &meta); err != nil {
		return errDamaged
	}
	if meta.EncryptionAlgorithm.Value != nil {
		return errLocked
	}
	if len(meta.Schema) == 0 || len(meta.Schema) > 4*maxColumns {
		return errLarge
	}
	var open []int32 // children still to come, by level
	leaves := 0
	for i := range meta.Schema {
		for len(open) > 0 && open[len(open)-1] == 0 {
			open = open[:len(open)-1]
		}
		switch {
		case len(open) > 0:
			open[len(open)-1]--
		case i > 0:
			return errDamaged
		}
		if n := meta.Schema[i].NumChildren.V; n > 0 {
			open = append(open, n)
		} else {
			leaves++
		}
		if len(open) > maxLevels || leaves > maxColumns {
			return errLarge
		}
	}
	for i := range meta.RowGroups {
		if len(meta.RowGroups[i].Columns) != leaves {
			return errDamaged
		}
	}
	return nil
}
