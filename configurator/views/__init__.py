"""Pages of the shop: translate a request, call one service or selector, translate back."""
