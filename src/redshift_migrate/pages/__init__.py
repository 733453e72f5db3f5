"""Pages for people who were not there: what a plan or a run says, as Markdown and as one HTML file."""
