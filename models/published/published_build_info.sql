{{ published_mart('build_info') }}
