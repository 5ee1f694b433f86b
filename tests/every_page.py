"""Every address of the web server: which tell of a ticket, and which do not."""

# Pages that tell of a ticket, and how they are asked for. A file is what its owner sent, byte for byte.
TELLS = {
    "ticket": "{ticket}",
    "ticket_file": "{ticket}/file/1/0",
    "ticket_preview": "{ticket}/file/1/0/preview",
    "survey": "{survey}",
    "survey_thanks": "{survey}/thanks",
    "file": "{file}",
    "api_message": "/api/v1/messages/1",
}
# These change something and show the page above, what was typed just now included; or are the same for all.
OTHERS = {
    "ticket_post", "ticket_solved", "ticket_unsolved", "ticket_stolen", "survey_post", "form", "post", "sent",
    "embed_form", "file_post", "embed_post", "embed_sent", "api_create", "api_description", "static",
    "healthz", "readyz", "check", "check_post",
    "metrics", "widget", "brand_style", "brand_logo", "phrase_words",
}  # fmt: skip
