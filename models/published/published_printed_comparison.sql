{{ printed_comparison_copy() }}
