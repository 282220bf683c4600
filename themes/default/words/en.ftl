# Every word of the interface. A site's own file needs only what it changes.
# { $name } stands for a value. A word with forms has one for each plural form of the language.

language_name = English

# Every page
skip = Skip to the content
menu = Site
footer = About this site
languages = Languages
breadcrumbs = You are here
contact = Contact
feed = Feed
page_title = { $title } – { $site }

# Galleries
home = Home
galleries = Galleries
photos = Photos
photo_count = { $count ->
    [one] { $count } photo
   *[other] { $count } photos
}
gallery_count = { $count ->
    [one] { $count } gallery
   *[other] { $count } galleries
}
pages = Pages of this gallery
page_of = { $title }, page { $number }
page_number = Page { $number }
previous_page = Earlier photos
next_page = More photos
sections = Sections
open_until = Open until { $date }
empty_site = Galleries will stand here.
empty_gallery = There are no photos here yet.

# A photo
photo_of = Photo { $number } of { $total }, { $gallery }
photo_number = Photo { $number } of { $total }
photo_navigation = Other photos of this gallery
previous = Previous
next = Next
all_photos = All photos
details = About this photo
taken = Taken
place = Place
camera = Camera
lens = Lens
exposure = Exposure
keywords = Keywords
creator = Photographer
credit = Credit
copyright = Copyright
licence = Licence

# The viewer
viewer = Photo viewer
viewer_close = Close
viewer_zoom_in = Zoom in
viewer_zoom_out = Zoom out
viewer_information = Information
viewer_slideshow = Slideshow
viewer_pause = Pause
viewer_full_screen = Full screen
viewer_failed = This photo could not be loaded.
share = Share
share_gallery = Share this gallery
copied = Copied
done = Done

# Favourites
favourites = Favourites
favourite_add = Add to “{ $list }”
favourite_remove = Remove from “{ $list }”
favourites_count = { $count } of { $limit }
favourites_empty = Nothing here yet. Tap the heart on a photo.
favourites_full = “{ $list }” has { $limit } photos now, as agreed. Remove one to add another.
favourites_local = Your choices are kept on this device only, until you send or clear them.
favourites_list = List
favourites_clear = Clear everything
favourites_clear_ask = Remove all your choices and notes from this device?
favourites_note = Note on this photo
favourites_message = Message to the photographer
favourites_name = Your name
favourites_send = Send to the photographer
favourites_sent = Sent. Thank you!
favourites_failed = Sending failed. Try again, or choose another way.
favourites_mail = Email
favourites_file = File
favourites_csv = Table (CSV)
favourites_names = Copy file names
favourites_link = Continue on another device
favourites_link_text = Open this link on the other device.
favourites_receive = Add the choices from the other device ({ $count })?
favourites_subject = Favourites: { $gallery }
storage_off = This browser keeps nothing, so choices last until the page is closed.

# Downloads
download = Download
download_photo = Download this photo
downloads = Downloads
download_part = Part { $number } of { $total }
download_favourites = Download the favourites
download_batch = Save ({ $count })
download_waiting = Fetching { $number } of { $total }
download_failed = Downloading failed: { $file }
size_kilobytes = { $number } KB
size_megabytes = { $number } MB
size_gigabytes = { $number } GB

# The filter
filter = Filter
filter_keywords = Keywords
filter_dates = Dates
filter_all = Show all
filter_count = { $count ->
    [one] { $count } photo
   *[other] { $count } photos
}
filter_none = No photo matches.

# Codes, sealed galleries and the look-up page
code = Code
code_checking = Checking…
code_symbol = A code consists of letters and digits only.
code_length = A code has 16 letters and digits, not { $count }.
code_check = This code contains a typo. Compare it with yours.
unlock = Open the gallery
unlock_text = Enter the code you were given.
unlock_text_password = Enter the code or the password you were given.
unlock_password = Code or password
unlock_show = Show
unlock_hide = Hide
unlock_remember = Remember on this device
unlock_forget = Forget on this device
unlock_opening = Opening the gallery…
unlock_wrong = This code does not open this gallery.
unlock_wrong_password = This code or password does not open this gallery.
unlock_outdated = This page is out of date. Reload it and try again.
unlock_updating = This gallery is being updated. Try again in a few minutes.
unlock_damaged = The gallery could not be opened because its files are damaged.
unlock_unkept = This browser could not remember the gallery.
unlock_unforgotten = This browser could not forget the gallery. Delete the data of this site in its settings.
unlock_saving = Preparing { $file }: { $percent }
find = Find
find_title = Find your gallery
find_unknown = There is no gallery with this code.
no_connection = Loading failed. Check your connection and try again.
no_answer = The server could not deliver this. Try again later.
needs_https = This page needs a secure connection. Open its address with https in front.
needs_script = This page needs JavaScript. Turn it on in your browser’s settings.
needs_browser = This page did not start. Reload it, or open it in a newer browser.

# Text pages
contents = On this page
effective = In force since { $date }
versions = Earlier versions

# Pages without photos
not_found = Nothing here
not_found_text = This page does not exist, or does no more.
not_found_home = To the galleries
private_title = Private gallery
closed = This link no longer works
closed_text = It was withdrawn, or its time has passed.
renewed = This link was renewed
renewed_text = You have been sent a newer one, or can ask for it.
ask = Ask { $contact }.

# Spans of time
year = { $year }
span = { $first }–{ $last }
span_wide = { $first } – { $last }
