# Chaque mot de l’interface. Un fichier à vous ne contient que ce qu’il change.
# { $name } représente une valeur. Un mot à plusieurs formes en a une pour chaque pluriel de la langue.

language_name = Français

# Toutes les pages
skip = Aller au contenu
menu = Site
footer = À propos de ce site
languages = Langues
breadcrumbs = Vous êtes ici
contact = Contact
feed = Flux
page_title = { $title } – { $site }

# Galeries
home = Accueil
galleries = Galeries
photos = Photos
photo_count = { $count ->
    [one] { $count } photo
    [many] { $count } de photos
   *[other] { $count } photos
}
gallery_count = { $count ->
    [one] { $count } galerie
    [many] { $count } de galeries
   *[other] { $count } galeries
}
pages = Pages de cette galerie
page_of = { $title }, page { $number }
page_number = Page { $number }
previous_page = Photos précédentes
next_page = Photos suivantes
sections = Sections
open_until = Accessible jusqu’au { $date }
empty_site = Les galeries apparaîtront ici.
empty_gallery = Il n’y a pas encore de photos ici.

# Une photo
photo_of = Photo { $number } sur { $total }, { $gallery }
photo_number = Photo { $number } sur { $total }
photo_navigation = Autres photos de cette galerie
previous = Précédente
next = Suivante
all_photos = Toutes les photos
details = À propos de cette photo
taken = Date de prise de vue
place = Lieu
camera = Appareil
lens = Objectif
exposure = Exposition
keywords = Mots-clés
creator = Photographe
credit = Crédit
copyright = Droits d’auteur
licence = Licence

# La visionneuse
viewer = Visionneuse
viewer_close = Fermer
viewer_zoom_in = Agrandir
viewer_zoom_out = Réduire
viewer_information = Informations
viewer_slideshow = Diaporama
viewer_pause = Pause
viewer_full_screen = Plein écran
viewer_failed = Impossible de charger cette photo.
share = Partager
share_gallery = Partager cette galerie
copied = Copié
done = Terminé

# Favoris
favourites = Favoris
favourite_add = Ajouter à « { $list } »
favourite_remove = Retirer de « { $list } »
favourites_count = { $count } sur { $limit }
favourites_empty = Rien pour l’instant. Touchez le cœur d’une photo.
favourites_full = « { $list } » compte maintenant { $limit } photos, comme convenu. Retirez-en une pour en ajouter une autre.
favourites_local = Vos choix restent sur cet appareil uniquement, jusqu’à ce que vous les envoyiez ou les effaciez.
favourites_list = Liste
favourites_clear = Tout effacer
favourites_clear_ask = Effacer tous vos choix et toutes vos notes de cet appareil ?
favourites_note = Note sur cette photo
favourites_message = Message au photographe
favourites_name = Votre nom
favourites_send = Envoyer au photographe
favourites_sent = Envoyé. Merci !
favourites_failed = L’envoi a échoué. Réessayez ou choisissez un autre moyen.
favourites_mail = E-mail
favourites_file = Fichier
favourites_csv = Tableau (CSV)
favourites_names = Copier les noms de fichiers
favourites_link = Continuer sur un autre appareil
favourites_link_text = Ouvrez ce lien sur l’autre appareil.
favourites_receive = Ajouter les choix de l’autre appareil ({ $count }) ?
favourites_subject = Favoris : { $gallery }
storage_off = Ce navigateur n’enregistre rien : vos choix durent jusqu’à la fermeture de la page.

# Téléchargements
download = Télécharger
download_photo = Télécharger cette photo
downloads = Téléchargements
download_part = Partie { $number } sur { $total }
download_favourites = Télécharger les favoris
download_batch = Enregistrer ({ $count })
download_waiting = Récupération : { $number } sur { $total }
download_failed = Échec du téléchargement : { $file }
size_kilobytes = { $number } ko
size_megabytes = { $number } Mo
size_gigabytes = { $number } Go

# Le filtre
filter = Filtre
filter_keywords = Mots-clés
filter_dates = Dates
filter_all = Tout afficher
filter_count = { $count ->
    [one] { $count } photo
    [many] { $count } de photos
   *[other] { $count } photos
}
filter_none = Aucune photo ne correspond.

# Codes, galeries scellées et recherche par code
code = Code
code_checking = Vérification…
code_symbol = Un code ne contient que des lettres et des chiffres.
code_length = Un code compte 16 lettres et chiffres, et non { $count }.
code_check = Ce code contient une faute de frappe. Comparez-le avec le vôtre.
unlock = Ouvrir la galerie
unlock_text = Saisissez le code que vous avez reçu.
unlock_text_password = Saisissez le code ou le mot de passe que vous avez reçu.
unlock_password = Code ou mot de passe
unlock_show = Afficher
unlock_hide = Masquer
unlock_remember = Mémoriser sur cet appareil
unlock_forget = Oublier sur cet appareil
unlock_opening = Ouverture de la galerie…
unlock_wrong = Ce code n’ouvre pas cette galerie.
unlock_wrong_password = Ce code ou ce mot de passe n’ouvre pas cette galerie.
unlock_outdated = Cette page n’est plus à jour. Rechargez-la et réessayez.
unlock_updating = Cette galerie est en cours de mise à jour. Réessayez dans quelques minutes.
unlock_damaged = La galerie n’a pas pu être ouverte, car ses fichiers sont endommagés.
unlock_unkept = Ce navigateur n’a pas pu mémoriser la galerie.
unlock_unforgotten = Ce navigateur n’a pas pu oublier la galerie. Supprimez les données de ce site dans ses réglages.
unlock_saving = Préparation de { $file } : { $percent }
find = Rechercher
find_title = Trouver votre galerie
find_unknown = Aucune galerie ne correspond à ce code.
no_connection = Le chargement a échoué. Vérifiez votre connexion et réessayez.
no_answer = Le serveur n’a pas pu répondre à la demande. Réessayez plus tard.
needs_https = Cette page exige une connexion sécurisée. Ouvrez son adresse avec https au début.
needs_script = Cette page a besoin de JavaScript. Activez-le dans les réglages du navigateur.
needs_browser = Cette page n’a pas démarré. Rechargez-la ou ouvrez-la dans un navigateur plus récent.

# Pages de texte
contents = Sur cette page
effective = En vigueur depuis le { $date }
versions = Versions antérieures

# Pages sans photos
not_found = Rien ici
not_found_text = Cette page n’existe pas, ou n’existe plus.
not_found_home = Vers les galeries
private_title = Galerie privée
closed = Ce lien ne fonctionne plus
closed_text = Il a été retiré ou a expiré.
renewed = Ce lien a été renouvelé
renewed_text = Un lien plus récent vous a été envoyé, ou vous pouvez le demander.
ask = Contactez { $contact }.

# Périodes
year = { $year }
span = { $first }–{ $last }
span_wide = { $first } – { $last }
