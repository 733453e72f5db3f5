"""What endpoint and worker share: whom things belong to, where they are kept, and what is told about them."""
