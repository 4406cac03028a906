// The button does the same; without JavaScript somebody presses it.
document.getElementById('back-to-portal').submit()
