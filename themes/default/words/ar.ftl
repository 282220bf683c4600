# كل كلمات الواجهة. لا يحتاج ملفك إلا إلى ما تغيّره.
# ‏{ $name } مكان قيمة. للكلمة ذات الصيغ صيغة لكل حالة من حالات العدد في اللغة.

language_name = العربية

# كل الصفحات
skip = الانتقال إلى المحتوى
menu = الموقع
footer = حول هذا الموقع
languages = اللغات
breadcrumbs = موقعك الحالي
contact = اتصال
feed = موجز
page_title = { $title } – { $site }

# المعارض
home = الرئيسية
galleries = المعارض
photos = الصور
photo_count = { $count ->
    [zero] لا صور
    [one] صورة واحدة
    [two] صورتان
    [few] { $count } صور
    [many] { $count } صورة
   *[other] { $count } صورة
}
gallery_count = { $count ->
    [zero] لا معارض
    [one] معرض واحد
    [two] معرضان
    [few] { $count } معارض
    [many] { $count } معرضًا
   *[other] { $count } معرض
}
pages = صفحات هذا المعرض
page_of = { $title }، الصفحة { $number }
page_number = الصفحة { $number }
previous_page = الصور السابقة
next_page = المزيد من الصور
sections = الأقسام
open_until = متاح حتى { $date }
empty_site = ستظهر المعارض هنا.
empty_gallery = لا توجد صور هنا بعد.

# صورة
photo_of = الصورة { $number } من { $total }، { $gallery }
photo_number = الصورة { $number } من { $total }
photo_navigation = صور أخرى من هذا المعرض
previous = السابقة
next = التالية
all_photos = كل الصور
details = عن هذه الصورة
taken = تاريخ الالتقاط
place = المكان
camera = الكاميرا
lens = العدسة
exposure = التعريض
keywords = الكلمات المفتاحية
creator = تصوير
credit = نسبة العمل
copyright = حقوق النشر
licence = الترخيص

# العارض
viewer = عارض الصور
viewer_close = إغلاق
viewer_zoom_in = تكبير
viewer_zoom_out = تصغير
viewer_information = معلومات
viewer_slideshow = عرض الشرائح
viewer_pause = إيقاف مؤقت
viewer_full_screen = ملء الشاشة
viewer_failed = تعذّر تحميل هذه الصورة.
share = مشاركة
share_gallery = مشاركة هذا المعرض
copied = تم النسخ
done = تم

# المفضلة
favourites = المفضلة
favourite_add = إضافة إلى «{ $list }»
favourite_remove = إزالة من «{ $list }»
favourites_count = { $count } من { $limit }
favourites_empty = لا شيء هنا بعد. يمكن الاختيار بلمس القلب على صورة.
favourites_full = بلغت «{ $list }» العدد المتفق عليه من الصور: { $limit }. لإضافة صورة أخرى، يجب إزالة واحدة.
favourites_local = تُحفظ الاختيارات على هذا الجهاز فقط، إلى أن تُرسل أو تُمسح.
favourites_list = القائمة
favourites_clear = مسح الكل
favourites_clear_ask = هل تريد مسح كل الاختيارات والملاحظات من هذا الجهاز؟
favourites_note = ملاحظة على هذه الصورة
favourites_message = رسالة إلى المصور
favourites_name = الاسم
favourites_send = إرسال إلى المصور
favourites_sent = تم الإرسال. شكرًا!
favourites_failed = تعذّر الإرسال. يمكن المحاولة مرة أخرى أو اختيار طريقة أخرى.
favourites_mail = البريد الإلكتروني
favourites_file = ملف
favourites_csv = جدول (CSV)
favourites_names = نسخ أسماء الملفات
favourites_link = المتابعة على جهاز آخر
favourites_link_text = يُفتح هذا الرابط على الجهاز الآخر.
favourites_receive = إضافة الاختيارات من الجهاز الآخر ({ $count })؟
favourites_subject = المفضلة: { $gallery }
storage_off = لا يحفظ هذا المتصفح شيئًا، فتبقى الاختيارات إلى أن تُغلق الصفحة.

# التنزيل
download = تنزيل
download_photo = تنزيل هذه الصورة
downloads = التنزيلات
download_part = الجزء { $number } من { $total }
download_favourites = تنزيل المفضلة
download_batch = حفظ ({ $count })
download_waiting = جارٍ جلب { $number } من { $total }
download_failed = تعذّر التنزيل: { $file }
size_kilobytes = { $number } ك.ب
size_megabytes = { $number } م.ب
size_gigabytes = { $number } غ.ب

# التصفية
filter = تصفية
filter_keywords = الكلمات المفتاحية
filter_dates = التواريخ
filter_all = عرض الكل
filter_count = { $count ->
    [zero] لا صور
    [one] صورة واحدة
    [two] صورتان
    [few] { $count } صور
    [many] { $count } صورة
   *[other] { $count } صورة
}
filter_none = لا توجد صورة مطابقة.

# الرموز والمعارض المختومة وصفحة البحث
code = الرمز
code_checking = جارٍ التحقق…
code_symbol = يتكوّن الرمز من حروف وأرقام فقط.
code_length = عدد الحروف والأرقام في الرمز 16، وليس { $count }.
code_check = في هذا الرمز خطأ في الكتابة. تُرجى مقارنته بالرمز الأصلي.
unlock = فتح المعرض
unlock_text = يُكتب هنا الرمز المُستلَم.
unlock_text_password = يُكتب هنا الرمز المُستلَم أو كلمة المرور.
unlock_password = الرمز أو كلمة المرور
unlock_show = إظهار
unlock_hide = إخفاء
unlock_remember = التذكّر على هذا الجهاز
unlock_forget = النسيان على هذا الجهاز
unlock_opening = جارٍ فتح المعرض…
unlock_wrong = هذا الرمز لا يفتح هذا المعرض.
unlock_wrong_password = لا يفتح هذا الرمز أو كلمة المرور هذا المعرض.
unlock_outdated = هذه الصفحة قديمة. يمكن إعادة تحميلها ثم المحاولة مرة أخرى.
unlock_updating = يجري تحديث هذا المعرض. يُرجى المحاولة مرة أخرى بعد بضع دقائق.
unlock_damaged = تعذّر فتح المعرض لأن ملفاته تالفة.
unlock_unkept = تعذّر على هذا المتصفح تذكّر المعرض.
unlock_unforgotten = تعذّر على هذا المتصفح نسيان المعرض. يمكن حذف بيانات هذا الموقع في إعداداته.
unlock_saving = جارٍ تجهيز { $file }: { $percent }
find = بحث
find_title = البحث عن المعرض
find_unknown = لا يوجد معرض بهذا الرمز.
no_connection = تعذّر التحميل. يُرجى التحقق من الاتصال ثم المحاولة مرة أخرى.
no_answer = تعذّر على الخادم تلبية الطلب. يُرجى المحاولة مرة أخرى لاحقًا.
needs_https = تحتاج هذه الصفحة إلى اتصال آمن. يُفتح عنوانها مبدوءًا بـ https.
needs_script = تحتاج هذه الصفحة إلى JavaScript. يمكن تشغيله في إعدادات المتصفح.
needs_browser = لم تبدأ هذه الصفحة. يمكن إعادة تحميلها أو فتحها في متصفح أحدث.

# صفحات النصوص
contents = في هذه الصفحة
effective = سارٍ منذ { $date }
versions = نسخ سابقة

# صفحات بلا صور
not_found = لا شيء هنا
not_found_text = هذه الصفحة غير موجودة، أو لم تعد موجودة.
not_found_home = إلى المعارض
private_title = معرض خاص
closed = لم يعد هذا الرابط يعمل
closed_text = سُحب الرابط أو انتهت مدته.
renewed = جُدّد هذا الرابط
renewed_text = أُرسل رابط أحدث، ويمكن طلبه أيضًا.
ask = للاستفسار: { $contact }.

# الفترات
year = { $year }
span = { $first }–{ $last }
span_wide = { $first } – { $last }
