# כל המילים שבממשק. בקובץ משלך די במה שמשתנה.
# ‏{ $name } הוא מקום לערך. למילה עם צורות יש צורה לכל סוג של ריבוי בשפה.

language_name = עברית

# כל הדפים
skip = מעבר לתוכן
menu = האתר
footer = על האתר
languages = שפות
breadcrumbs = המיקום הנוכחי
contact = יצירת קשר
feed = הזנה
page_title = { $title } – { $site }

# גלריות
home = דף הבית
galleries = גלריות
photos = תמונות
photo_count = { $count ->
    [one] תמונה אחת
    [two] { $count } תמונות
   *[other] { $count } תמונות
}
gallery_count = { $count ->
    [one] גלריה אחת
    [two] { $count } גלריות
   *[other] { $count } גלריות
}
pages = הדפים של הגלריה
page_of = { $title }, דף { $number }
page_number = דף { $number }
previous_page = תמונות קודמות
next_page = תמונות נוספות
sections = חלקים
open_until = פתוח עד { $date }
empty_site = כאן יופיעו הגלריות.
empty_gallery = עדיין אין כאן תמונות.

# תמונה
photo_of = תמונה { $number } מתוך { $total }, { $gallery }
photo_number = תמונה { $number } מתוך { $total }
photo_navigation = תמונות נוספות בגלריה
previous = הקודמת
next = הבאה
all_photos = כל התמונות
details = על התמונה
taken = תאריך הצילום
place = מקום
camera = מצלמה
lens = עדשה
exposure = חשיפה
keywords = מילות מפתח
creator = צילום
credit = קרדיט
copyright = זכויות יוצרים
licence = רישיון

# התצוגה
viewer = תצוגת תמונות
viewer_close = סגירה
viewer_zoom_in = הגדלה
viewer_zoom_out = הקטנה
viewer_information = מידע
viewer_slideshow = מצגת
viewer_pause = השהיה
viewer_full_screen = מסך מלא
viewer_failed = לא ניתן היה לטעון את התמונה.
share = שיתוף
share_gallery = שיתוף הגלריה
copied = הועתק
done = סיום

# מועדפות
favourites = מועדפות
favourite_add = הוספה אל „{ $list }”
favourite_remove = הסרה מתוך „{ $list }”
favourites_count = { $count } מתוך { $limit }
favourites_empty = עדיין אין כאן דבר. אפשר להקיש על הלב שבתמונה.
favourites_full = ב„{ $list }” יש כעת { $limit } תמונות, כפי שסוכם. כדי להוסיף אחרת יש להסיר אחת.
favourites_local = הבחירה נשמרת במכשיר הזה בלבד, עד לשליחתה או למחיקתה.
favourites_list = רשימה
favourites_clear = מחיקת הכול
favourites_clear_ask = למחוק מהמכשיר הזה את כל הבחירות וההערות?
favourites_note = הערה על התמונה
favourites_message = הודעה לצלם
favourites_name = שם
favourites_send = שליחה לצלם
favourites_sent = נשלח. תודה!
favourites_failed = השליחה נכשלה. אפשר לנסות שוב או לבחור דרך אחרת.
favourites_mail = דוא״ל
favourites_file = קובץ
favourites_csv = טבלה (CSV)
favourites_names = העתקת שמות הקבצים
favourites_link = המשך במכשיר אחר
favourites_link_text = יש לפתוח את הקישור הזה במכשיר האחר.
favourites_receive = להוסיף את הבחירות מהמכשיר האחר ({ $count })?
favourites_subject = מועדפות: { $gallery }
storage_off = הדפדפן הזה אינו שומר דבר, ולכן הבחירה תישמר רק עד לסגירת הדף.

# הורדות
download = הורדה
download_photo = הורדת התמונה
downloads = הורדות
download_part = חלק { $number } מתוך { $total }
download_favourites = הורדת המועדפות
download_batch = שמירה ({ $count })
download_waiting = בטעינה: { $number } מתוך { $total }
download_failed = ההורדה נכשלה: { $file }
size_kilobytes = { $number } KB
size_megabytes = { $number } MB
size_gigabytes = { $number } GB

# סינון
filter = סינון
filter_keywords = מילות מפתח
filter_dates = תאריכים
filter_all = הצגת הכול
filter_count = { $count ->
    [one] תמונה אחת
    [two] { $count } תמונות
   *[other] { $count } תמונות
}
filter_none = אין תמונה מתאימה.

# קודים, גלריות חתומות ודף החיפוש
code = קוד
code_checking = בבדיקה…
code_symbol = קוד מורכב מאותיות ומספרות בלבד.
code_length = בקוד יש 16 אותיות וספרות, ולא { $count }.
code_check = יש בקוד הזה שגיאת הקלדה. כדאי להשוות אותו לקוד המקורי.
unlock = פתיחת הגלריה
unlock_text = יש להזין את הקוד שהתקבל.
unlock_text_password = יש להזין את הקוד או את הסיסמה שהתקבלו.
unlock_password = קוד או סיסמה
unlock_show = הצגה
unlock_hide = הסתרה
unlock_remember = לזכור במכשיר הזה
unlock_forget = לשכוח במכשיר הזה
unlock_opening = הגלריה נפתחת…
unlock_wrong = הקוד הזה אינו פותח את הגלריה הזאת.
unlock_wrong_password = הקוד או הסיסמה האלה אינם פותחים את הגלריה הזאת.
unlock_outdated = הדף הזה אינו מעודכן. יש לטעון אותו מחדש ולנסות שוב.
unlock_updating = הגלריה הזאת מתעדכנת כעת. אפשר לנסות שוב בעוד כמה דקות.
unlock_damaged = לא ניתן היה לפתוח את הגלריה כי הקבצים שלה פגומים.
unlock_unkept = הדפדפן הזה לא הצליח לזכור את הגלריה.
unlock_unforgotten = הדפדפן הזה לא הצליח לשכוח את הגלריה. אפשר למחוק את נתוני האתר הזה בהגדרות הדפדפן.
unlock_saving = בהכנה: { $file } – { $percent }
find = חיפוש
find_title = חיפוש הגלריה
find_unknown = אין גלריה עם הקוד הזה.
no_connection = הטעינה נכשלה. יש לבדוק את החיבור ולנסות שוב.
no_answer = השרת לא הצליח למלא את הבקשה. אפשר לנסות שוב מאוחר יותר.
needs_https = הדף הזה דורש חיבור מאובטח. יש לפתוח את הכתובת שלו עם https בתחילתה.
needs_script = הדף הזה דורש JavaScript. אפשר להפעיל אותו בהגדרות הדפדפן.
needs_browser = הדף הזה לא התחיל לפעול. אפשר לטעון אותו מחדש או לפתוח אותו בדפדפן חדש יותר.

# דפי טקסט
contents = בדף הזה
effective = בתוקף מ־{ $date }
versions = גרסאות קודמות

# דפים בלי תמונות
not_found = אין כאן דבר
not_found_text = הדף הזה אינו קיים, או אינו קיים עוד.
not_found_home = אל הגלריות
private_title = גלריה פרטית
closed = הקישור הזה כבר אינו פועל
closed_text = הוא בוטל, או שתוקפו פג.
renewed = הקישור הזה חודש
renewed_text = נשלח קישור חדש יותר, ואפשר גם לבקש אותו.
ask = לפרטים: { $contact }.

# תקופות
year = { $year }
span = { $first }–{ $last }
span_wide = { $first } – { $last }
