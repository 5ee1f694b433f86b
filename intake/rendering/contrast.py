"""How well one colour can be read on another: the one formula of it, for mails and pages. Pure."""

Rgb = tuple[float, float, float]
_WHITE, _BLACK = (255.0, 255.0, 255.0), (0.0, 0.0, 0.0)


def rgb(colour: str) -> Rgb:
    """Return red, green and blue of "#rrggbb", each from 0 to 255."""
    red, green, blue = (int(colour[start : start + 2], 16) for start in (1, 3, 5))
    return float(red), float(green), float(blue)


def luminance(colour: Rgb) -> float:
    """Return how light a colour is, from 0 to 1 (WCAG 2.2, "relative luminance").

    The first limit is that of IEC 61966-2-1; WCAG 2.1 still had 0.03928, which no colour of 8 bits can tell.
    """
    parts = (part / 255 for part in colour)
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(colour: Rgb, other: Rgb) -> float:
    """Return the contrast of two colours, from 1 to 21 (WCAG 2.2, "contrast ratio")."""
    lighter, darker = sorted((luminance(colour), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def ink(colour: str) -> str:
    """Return black or white, whichever is easier to read on `colour` ("#rrggbb")."""
    paper = rgb(colour)
    return "#ffffff" if contrast(_WHITE, paper) >= contrast(_BLACK, paper) else "#000000"


def tint(colour: str) -> str:
    """Return a breath of a colour ("#rrggbb") that can lie on a light page and on a dark one."""
    return "rgba({:.0f},{:.0f},{:.0f},.14)".format(*rgb(colour))
