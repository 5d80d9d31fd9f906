"""What is personal inside live content, said in CSS so that everyone gets the same HTML.

A post carries its author and who thanked for it; the viewer's own style sheet says which of those is
him. Pushed posts therefore need no decoration, and pages are right without JavaScript.
"""


def viewer_css(viewer_id: int) -> str:
    """The style sheet `/viewers/7.css`: shows this member's own acts, hides those that are for others.

    Unlayered, so that it wins over every rule of the client's layers.
    """
    mine, thanked = f'[data-author="{viewer_id}"]', f'[data-thanked~="{viewer_id}"]'
    return (
        f"{mine} .for-author, {thanked} .take-back {{ display: contents }}\n"
        f"{mine} .for-others, {thanked} .thank {{ display: none }}\n"
    )
